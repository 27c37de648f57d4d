"""All of them; the quick ones first."""

from servers.debian import Etcd, InfluxDB, Keystone, PowerDNS, RabbitMQ
from servers.node import Directus, Parse, Unleash, Verdaccio

SERVERS = (RabbitMQ, Etcd, PowerDNS, InfluxDB, Verdaccio, Parse, Unleash, Directus, Keystone)
