from ckan import plugins as p


class FederationPlugin(p.SingletonPlugin):
    pass
