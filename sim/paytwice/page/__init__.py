"""A campaign or a bench as one page of HTML: no script, no network, the same bytes for the same results.

Sections are functions from plain values to markup; `campaign.py` says what of a campaign they are given.
"""
