from ckan import plugins as p


class JourneyPlugin(p.SingletonPlugin):
    pass
