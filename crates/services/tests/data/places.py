"""Makes places.mmdb, a table of places for tests: `pip install mmdb_writer netaddr`, then run this in its folder."""

from mmdb_writer import MMDBWriter
from netaddr import IPSet


def place(city, country, latitude, longitude):
    return {
        "city": {"names": {"en": city}},
        "country": {"iso_code": country},
        "location": {"latitude": latitude, "longitude": longitude, "accuracy_radius": 20},
    }


writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Tenure-Test-City", languages=["en"], float_type="f64")
writer.insert_network(IPSet(["192.0.2.0/24"]), place("Zurich", "CH", 47.37, 8.54))
writer.insert_network(IPSet(["203.0.113.0/24"]), place("Bern", "CH", 46.95, 7.45))
writer.insert_network(IPSet(["198.51.100.0/24", "2001:db8::/32"]), place("Sydney", "AU", -33.87, 151.21))
writer.to_db_file("places.mmdb")
