"""What the launcher says when it cannot go on: pure."""


class PortalError(Exception):
    """A failed step. Shapes: `what` failed, `why`, and what `to_do`; each a sentence for a person."""

    def __init__(self, what: str, why: str, to_do: str = "") -> None:
        super().__init__(what)
        self.what, self.why, self.to_do = what, why.strip(), to_do

    def __str__(self) -> str:
        lines = [
            self.what,
            *(f"  why:   {line}" if n == 0 else f"         {line}" for n, line in enumerate(self.why.splitlines())),
        ]
        return "\n".join([*lines, f"  to do: {self.to_do}"] if self.to_do else lines)
