"""Provenance that other tools wrote in W3C PROV: read, mapped to steps of a journey."""
