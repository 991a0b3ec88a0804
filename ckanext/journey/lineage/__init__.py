"""What tools report in OpenLineage: received, kept as it came, folded into runs, shown as steps."""
