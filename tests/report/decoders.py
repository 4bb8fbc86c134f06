"""Every kind of decoder that a page computes, small, with weights and statistics as if it had been trained."""

import torch
from torch import nn

from unbraid.core import Spec, build
from unbraid.models import Flat, Model

SHIPPED = {  # name -> (specification of a model, shape of its images)
    "mlp": ({"name": "mlp", "hidden": 32}, (1, 17, 16)),
    "burgess": ({"name": "burgess"}, (1, 32, 32)),
    "abdi": ({"name": "abdi"}, (3, 64, 64)),
    "chyvae": ({"name": "chyvae", "hidden": 24}, (1, 64, 64)),
    "michlo": ({"name": "michlo", "likelihood": "mse"}, (3, 64, 64)),
    "osnabrueck": ({"name": "osnabrueck", "batch_norm": True, "dropout": 0.1}, (2, 28, 28)),
    "osnabrueck at 64": ({"name": "osnabrueck", "width": 0.25}, (1, 64, 64)),
    "spatial_broadcast": ({"name": "spatial_broadcast", "width": 0.25}, (1, 16, 18)),
    "spatial_broadcast of watters": ({"name": "spatial_broadcast", "form": "watters", "width": 0.25}, (3, 16, 16)),
    "boxhead_large": ({"name": "boxhead_large", "width": 0.05, "bn_before_last": True}, (3, 64, 64)),
    "towers": ({"name": "towers", "latents": [6, 4], "width": 0.05, "dropout": True}, (3, 32, 32)),
}


def shipped(name: str) -> Model:
    """A model of ours in evaluation mode."""
    spec, shape = SHIPPED[name]
    torch.manual_seed(3)
    return trained(build("models", Spec.of(spec), image_shape=shape))


def of_other_layers() -> Model:
    """What no shipped decoder has and a page computes as well: enlarging, no bias, unequal sides, flattening."""
    torch.manual_seed(4)
    decoder = nn.Sequential(
        *(nn.Linear(5, 24, bias=False), nn.BatchNorm1d(24, affine=False), nn.Tanh(), nn.Unflatten(1, (4, 2, 3))),
        *(nn.ConvTranspose2d(4, 6, (3, 2), (2, 3), (1, 0), output_padding=(1, 0), bias=False), nn.LeakyReLU(0.2)),
        *(nn.ZeroPad2d((1, -2, -1, 2)), nn.Conv2d(6, 5, (2, 3), (1, 2), (2, 1)), nn.Upsample(scale_factor=2)),
        *(nn.Identity(), nn.Flatten(), nn.Unflatten(1, (5, -1, 8))),
    )
    with torch.no_grad():
        size = decoder[:-1](torch.zeros(2, 5)).shape[1] // 40
    decoder[-1] = nn.Unflatten(1, (5, size, 8))
    shape = (2, size - 1, 8)
    decoder.extend(nn.Sequential(nn.Conv2d(5, 2, (2, 1)), nn.Sigmoid()))
    return trained(Flat(shape, nn.Flatten(), 2 * (size - 1) * 8, decoder, 5, likelihood="mse"))


@torch.no_grad()
def trained(model: Model) -> Model:
    """The same, in evaluation mode, with weights and statistics with which codes make a difference."""
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.3, 2)
            if module.affine:
                nn.init.uniform_(module.weight, 0.5, 1.5)
        elif getattr(module, "weight", None) is not None:
            nn.init.kaiming_normal_(module.weight)
            module.weight.mul_(1.3)
        if getattr(module, "bias", None) is not None:
            nn.init.normal_(module.bias, 0, 0.1)
    return model.eval()
