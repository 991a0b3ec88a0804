"""The signs of the stations, as SVG on a field of 24 by 24 (pure). They are markup of our own, never data."""

from __future__ import annotations

OTHER = '<path d="M5 12h.2M12 12h.2M19 12h.2"/>'
GLYPHS: dict[str, str] = {
    "system": '<ellipse cx="12" cy="6" rx="7" ry="3"/><path d="M5 6v12c0 1.7 3.1 3 7 3s7-1.3 7-3V6M5 12c0 1.7 3.1 3 7 3s7-1.3 7-3"/>',
    "extract": '<path d="M13 5H6a1 1 0 0 0-1 1v12a1 1 0 0 0 1 1h7M10 12h10M16.5 8.5 20 12l-3.5 3.5"/>',
    "clean": '<path d="M12 3.5c3 3.8 5.5 6.7 5.5 10a5.5 5.5 0 0 1-11 0c0-3.300 2.500-6.200 5.500-10zM9.500 14a2.500 2.500 0 0 0 2.500 2.500"/>',
    "privacy": '<path d="M12 3.5 5.500 6v5.500c0 4.200 2.700 7.400 6.500 9 3.800-1.600 6.500-4.800 6.500-9V6zM12 9.500v4M12 16.300v.2"/>',
    "check": '<path d="M4.500 7l1.500 1.500L8.500 6M4.500 15l1.500 1.500L8.500 14M12 7.500h8M12 15.500h8"/>',
    "approve": '<circle cx="12" cy="9.500" r="5.500"/><path d="M8.500 14 7 21l5-2.500L17 21l-1.500-7M9.700 9.500l1.700 1.700 3-3.200"/>',
    "receive": '<path d="M12 3.500V14M8 10.500l4 4 4-4M4 15v4.500h16V15"/>',
    "publish": '<circle cx="12" cy="12" r="8.500"/><path d="M3.500 12h17M12 3.500c2.500 2.500 3.700 5.300 3.700 8.500S14.500 18 12 20.500C9.500 18 8.300 15.200 8.300 12S9.500 6 12 3.500z"/>',
    "portal": '<path d="M4 9.500 12 4l8 5.500M5.500 10v8M18.500 10v8M10 10v8M14 10v8M3.500 20h17"/>',
    "use": '<path d="M12 4l2.400 5.200 5.600.6-4.200 3.800 1.200 5.600-5-2.900-5 2.900 1.200-5.600L4 9.800l5.600-.6z"/>',
    "end": '<path d="M6.500 6.500l11 11M17.500 6.500l-11 11"/>',
}


def glyph(code: str) -> str:
    """The sign of a station's code; three dots for one that has none."""
    return GLYPHS.get(code, OTHER)
