"""How one latent layer reads another, one file each; see `unbraid list links`. An option of `towers`: `link: merge`."""

import sys
from typing import TYPE_CHECKING

from unbraid.core import EntryPackage

if TYPE_CHECKING:  # what EntryPackage imports when it is asked for
    from unbraid.models.links.dense import dense as dense
    from unbraid.models.links.merge import merge as merge
    from unbraid.models.links.split import split as split

sys.modules[__name__].__class__ = EntryPackage
