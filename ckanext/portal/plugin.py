from ckan import plugins as p


class PortalPlugin(p.SingletonPlugin):
    pass
