"""The images that nodes boot from: `make demo` builds them, or a first run from the tool's own files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docker.errors import APIError, BuildError, ImageNotFound

import embedded_cloud
from cluster_provision.errors import MachineError
from embedded_cloud.azure.machines import images as azure_images
from embedded_cloud.engine import names
from embedded_cloud.existing.machines import images as existing_images
from embedded_cloud.google.machines import images as google_images

if TYPE_CHECKING:
    from collections.abc import Callable

    import docker

FILES = Path(embedded_cloud.__file__).parent / "images"
BOOTSTRAP = Path(__file__).parents[2] / "node"


def ensure_node_images(
    engine: docker.DockerClient,
    say: Callable[[str], None],
    *,
    orchestrator: str,
    azure: bool = False,
    existing: bool = False,
    own_image: bool = False,
) -> None:
    """Build the image of the cloud's nodes if it is missing, and the one of a Ray cluster's on top of it.

    Machines that exist already have an image of their own, and those of a Slurm cluster on a cloud one on top of that;
    where the user names an image of theirs (`own_image`), there is one more, with Slurm's packages.
    Raises MachineError if a missing one can't be built.
    """
    ray, slurm = orchestrator == "ray", orchestrator == "slurm" and not existing
    # A base image that scripts/base_images.sh made on this machine, where no registry answers.
    bases = {"DEBIAN_IMAGE": names.DEBIAN_MADE_HERE} if _has(engine, names.DEBIAN_MADE_HERE) else {}
    if existing or slurm:
        if not _has(engine, existing_images.NODE_IMAGE):
            say(f"building {existing_images.NODE_IMAGE}, from which machines boot; once, about a minute")
            _build(engine, "node-existing", existing_images.NODE_IMAGE, FILES, bases)
        if slurm and not _has(engine, google_images.SLURM_IMAGE):
            say(f"building {google_images.SLURM_IMAGE}, from which machines of Slurm boot; once, about half a minute")
            upon = {**bases, "NODE_IMAGE": existing_images.NODE_IMAGE}
            _build(engine, "node-slurm", google_images.SLURM_IMAGE, FILES, upon)
        if slurm and own_image and not _has(engine, google_images.SLURM_INSTALLED_IMAGE):
            say(f"building {google_images.SLURM_INSTALLED_IMAGE}, which your own image boots as; once, about a minute")
            upon = {"NODE_IMAGE": google_images.SLURM_IMAGE}
            _build(engine, "node-slurm-installed", google_images.SLURM_INSTALLED_IMAGE, FILES, upon)
        return
    if not _has(engine, google_images.NODE_IMAGE):
        say(f"building {google_images.NODE_IMAGE}, from which nodes boot; once, about a minute")
        _build(engine, "node", google_images.NODE_IMAGE, FILES / "node", bases)
    base, with_ray = google_images.NODE_IMAGE, google_images.RAY_IMAGE
    if azure:
        base, with_ray = azure_images.NODE_IMAGE, azure_images.RAY_IMAGE
        if not _has(engine, base):
            say(f"building {base}, from which nodes of Azure's boot; once, about half a minute")
            _build(engine, "node-azure", base, FILES / "node-azure", {"NODE_IMAGE": google_images.NODE_IMAGE})
    if ray and not _has(engine, with_ray):
        say(f"building {with_ray}, from which the nodes of a Ray cluster boot; once, about a minute")
        _build(engine, "node-ray", with_ray, BOOTSTRAP, {"NODE_IMAGE": base})


def _build(engine: docker.DockerClient, name: str, image: str, context: Path, arguments: dict[str, str]) -> None:
    recipe = str(FILES / name / "Dockerfile")
    try:
        engine.images.build(path=str(context), dockerfile=recipe, tag=image, buildargs=arguments, rm=True)
    except (BuildError, APIError) as error:
        raise MachineError(
            f"the image {image}, from which nodes boot, can't be built: {error}",
            f"In a checkout 'scripts/images.sh {name}' builds it, even without a registry; REHEARSE=plan needs none.",
        ) from error


def _has(engine: docker.DockerClient, name: str) -> bool:
    try:
        engine.images.get(name)
    except ImageNotFound:
        return False
    return True
