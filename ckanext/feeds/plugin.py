from ckan import plugins as p


class FeedsPlugin(p.SingletonPlugin):
    pass
