"""What an event kept as it came may be erased, once the ledger tells of it

An event's bytes may only become those whose SHA-256 an erasure in the same stream names; every other statement is
refused as before. The event's place, its hash and the hash before stay, so the chain stays one.

Revision ID: 7a1e0c1b9d07
Revises: 7a1e0c1b9d06
Create Date: 2026-11-26 15:10:00
"""

from alembic import op

revision = "7a1e0c1b9d07"
down_revision = "7a1e0c1b9d06"
branch_labels = None
depends_on = None

ERASED = """
CREATE OR REPLACE FUNCTION journey_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM journey_event e
    WHERE e.stream = OLD.stream AND e.key = 'erased:' || OLD.id AND e.type = 'evidence-erased'
      AND convert_from(e.raw, 'UTF8')::json #>> '{body,event}' = OLD.id
      AND convert_from(e.raw, 'UTF8')::json #>> '{body,left}' = encode(sha256(NEW.raw), 'hex')
  ) THEN
    RAISE EXCEPTION 'the journey ledger is append-only: % on % refused', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$
"""
OTHERS = "stream, sequence, hash, previous, id, type, recorded, package_id, key, token_id, created"


def trigger(name: str, when: str, each: str, function: str) -> None:
    op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON journey_event FOR EACH {each} EXECUTE FUNCTION {function}()")
    op.execute(f"ALTER TABLE journey_event ENABLE ALWAYS TRIGGER {name}")


def upgrade():
    op.execute(ERASED)
    op.execute("DROP TRIGGER journey_event_append_only ON journey_event")
    trigger("journey_event_append_only", f"UPDATE OF {OTHERS} OR DELETE OR TRUNCATE", "STATEMENT", "journey_refuse")
    trigger("journey_event_erased", "UPDATE OF raw", "ROW", "journey_erased")


def downgrade():
    op.execute("DROP TRIGGER journey_event_erased ON journey_event")
    op.execute("DROP TRIGGER journey_event_append_only ON journey_event")
    trigger("journey_event_append_only", "UPDATE OR DELETE OR TRUNCATE", "STATEMENT", "journey_refuse")
    op.execute("DROP FUNCTION journey_erased()")
