"""Pictures of a run: a swimlane chart and a sequence diagram, drawn from one model of what there is to see.

Nothing is imported here, so that the command line can ask what a picture may be called at no cost.
"""
