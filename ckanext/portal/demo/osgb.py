"""British National Grid to longitude and latitude (pure).

The formulae and constants are those of Ordnance Survey's "A guide to coordinate systems in Great
Britain", annexes B and C: inverse transverse Mercator on Airy 1830, then a seven-parameter Helmert
transformation to WGS84. Good to about five metres.
"""

from math import atan2, cos, degrees, pi, radians, sin, sqrt, tan

AIRY = (6377563.396, 6356256.909)
WGS84 = (6378137.0, 6356752.3142)
SCALE, ORIGIN_LAT, ORIGIN_LON, ORIGIN_E, ORIGIN_N = 0.9996012717, radians(49), radians(-2), 400000.0, -100000.0
SHIFT = (446.448, -125.157, 542.060)
TURN = tuple(value * pi / 180 / 3600 for value in (0.1502, 0.2470, 0.8421))
STRETCH = -20.4894e-6


def _meridian(lat: float) -> float:
    a, b = AIRY
    n = (a - b) / (a + b)
    less, more = lat - ORIGIN_LAT, lat + ORIGIN_LAT
    return (b * SCALE) * (
        (1 + n + 1.25 * n**2 + 1.25 * n**3) * less
        - (3 * n + 3 * n**2 + 2.625 * n**3) * sin(less) * cos(more)
        + (1.875 * n**2 + 1.875 * n**3) * sin(2 * less) * cos(2 * more)
        - (35 / 24) * n**3 * sin(3 * less) * cos(3 * more)
    )


def _airy(easting: float, northing: float) -> tuple[float, float]:
    a, b = AIRY
    lat = ORIGIN_LAT + (northing - ORIGIN_N) / (a * SCALE)
    while abs(left := northing - ORIGIN_N - _meridian(lat)) >= 1e-5:
        lat += left / (a * SCALE)
    e2 = 1 - (b * b) / (a * a)
    nu = a * SCALE / sqrt(1 - e2 * sin(lat) ** 2)
    rho = a * SCALE * (1 - e2) / (1 - e2 * sin(lat) ** 2) ** 1.5
    eta2, t, sec = nu / rho - 1, tan(lat), 1 / cos(lat)
    d = easting - ORIGIN_E
    north = (
        lat
        - t / (2 * rho * nu) * d**2
        + t / (24 * rho * nu**3) * (5 + 3 * t**2 + eta2 - 9 * t**2 * eta2) * d**4
        - t / (720 * rho * nu**5) * (61 + 90 * t**2 + 45 * t**4) * d**6
    )
    east = (
        ORIGIN_LON
        + sec / nu * d
        - sec / (6 * nu**3) * (nu / rho + 2 * t**2) * d**3
        + sec / (120 * nu**5) * (5 + 28 * t**2 + 24 * t**4) * d**5
        - sec / (5040 * nu**7) * (61 + 662 * t**2 + 1320 * t**4 + 720 * t**6) * d**7
    )
    return north, east


def lon_lat(easting: float, northing: float) -> tuple[float, float]:
    """WGS84 longitude and latitude in degrees, six decimals (about 10 cm)."""
    lat, lon = _airy(easting, northing)
    a, b = AIRY
    e2 = 1 - (b * b) / (a * a)
    nu = a / sqrt(1 - e2 * sin(lat) ** 2)
    x, y, z = nu * cos(lat) * cos(lon), nu * cos(lat) * sin(lon), (1 - e2) * nu * sin(lat)
    (dx, dy, dz), (rx, ry, rz), s = SHIFT, TURN, 1 + STRETCH
    x, y, z = dx + s * x - rz * y + ry * z, dy + rz * x + s * y - rx * z, dz - ry * x + rx * y + s * z
    a, b = WGS84
    e2, flat = 1 - (b * b) / (a * a), sqrt(x * x + y * y)
    lat = atan2(z, flat * (1 - e2))
    for _ in range(6):
        lat = atan2(z + e2 * a / sqrt(1 - e2 * sin(lat) ** 2) * sin(lat), flat)
    return round(degrees(atan2(y, x)), 6), round(degrees(lat), 6)
