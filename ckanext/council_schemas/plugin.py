from ckan import plugins as p


class CouncilSchemasPlugin(p.SingletonPlugin):
    pass
