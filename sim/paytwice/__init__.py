"""paytwice finds the sequence of events that makes your customer pay twice."""

from paytwice.run import Run as Run
from paytwice.settings import Settings as Settings
from paytwice.simulation import Simulation as Simulation
from paytwice.simulation import simulate as simulate
from paytwice.units import days as days
from paytwice.units import hours as hours
from paytwice.units import minutes as minutes
from paytwice.units import seconds as seconds
