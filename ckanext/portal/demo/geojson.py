"""A table with coordinates as GeoJSON (pure; RFC 7946)."""

import json

from .table import Table


def feature_collection(table: Table, longitude: str = "Longitude", latitude: str = "Latitude") -> bytes:
    """One Point a row, the other columns as properties; a row without coordinates is left out."""
    x, y = table.at(longitude), table.at(latitude)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float(row[x]), float(row[y])]},
            "properties": {name: row[i] for i, name in enumerate(table.columns) if i not in (x, y)},
        }
        for row in table.rows
        if row[x] and row[y]
    ]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'.encode()
