"""What Kubernetes Engine fills in by itself when a cluster or pool comes (provider google 7.45.0 reads it back)."""

from __future__ import annotations

import hashlib
import ipaddress
from typing import TYPE_CHECKING

from embedded_cloud.google.compute.initial_state import project_number
from embedded_cloud.google.compute.places import zones_of
from embedded_cloud.google.compute.references import find
from embedded_cloud.google.container.names import digest, self_link
from embedded_cloud.google.container.versions import DEFAULT_CHANNEL, WITHOUT, resolve
from embedded_cloud.google.failure import ApiError
from embedded_cloud.google.self_links import name_of, path_of
from embedded_cloud.merging import merged
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from embedded_cloud.store import Body, Store

LOGGING = "logging.googleapis.com/kubernetes"
MONITORING = "monitoring.googleapis.com/kubernetes"
SYSTEM_METRICS = ("SYSTEM_COMPONENTS", "STORAGE", "HPA", "POD", "DAEMONSET", "DEPLOYMENT", "STATEFULSET")
METRICS = [*SYSTEM_METRICS, "KUBELET", "CADVISOR", "DCGM", "JOBSET"]
MOST_PODS = {"maxPodsPerNode": "110"}
PODS_WITHOUT_RANGE = 14  # the length of the range that GKE chooses
SERVICES = "34.118.224.0/20"  # what GKE itself gives where no range is asked for
CLUSTER: Body = {
    "addonsConfig": {
        "httpLoadBalancing": {},
        "horizontalPodAutoscaling": {},
        "kubernetesDashboard": {"disabled": True},
        "networkPolicyConfig": {"disabled": True},
        "dnsCacheConfig": {"enabled": True},
        "gcePersistentDiskCsiDriverConfig": {"enabled": True},
        "gcpFilestoreCsiDriverConfig": {},
        "gcsFuseCsiDriverConfig": {},
    },
    "anonymousAuthenticationConfig": {"mode": "ENABLED"},
    "autopilot": {},
    "autoscaling": {"autoscalingProfile": "BALANCED"},
    "databaseEncryption": {"state": "DECRYPTED", "currentState": "CURRENT_STATE_DECRYPTED"},
    "defaultMaxPodsConstraint": MOST_PODS,
    "enterpriseConfig": {"clusterTier": "STANDARD"},
    "legacyAbac": {},
    "loggingConfig": {"componentConfig": {"enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS"]}},
    "loggingService": LOGGING,
    "maintenancePolicy": {"resourceVersion": "e3b0c442"},
    "monitoringConfig": {
        "componentConfig": {"enableComponents": METRICS},
        "managedPrometheusConfig": {"enabled": True},
        "advancedDatapathObservabilityConfig": {},
    },
    "monitoringService": MONITORING,
    "networkConfig": {"defaultSnatStatus": {}, "serviceExternalIpsConfig": {}},
    "nodePoolDefaults": {
        "nodeConfigDefaults": {
            "loggingConfig": {"variantConfig": {"variant": "DEFAULT"}},
            "nodeKubeletConfig": {"insecureKubeletReadonlyPortEnabled": False},
        }
    },
    "notificationConfig": {"pubsub": {}},
    "podAutoscaling": {"hpaProfile": "PERFORMANCE"},
    "rbacBindingConfig": {
        "enableInsecureBindingSystemUnauthenticated": True,
        "enableInsecureBindingSystemAuthenticated": True,
    },
    "securityPostureConfig": {"mode": "BASIC", "vulnerabilityMode": "VULNERABILITY_MODE_UNSPECIFIED"},
    "shieldedNodes": {"enabled": True},
    "userManagedKeysConfig": {},
    "nodeIpv4CidrSize": 24,
}
POOL: Body = {
    "initialNodeCount": 0,
    "config": {
        "diskSizeGb": 100,
        "diskType": "pd-balanced",
        "imageType": "COS_CONTAINERD",
        "machineType": "e2-medium",
        "metadata": {"disable-legacy-endpoints": "true"},
        "serviceAccount": "default",
        "shieldedInstanceConfig": {"enableIntegrityMonitoring": True},
        "windowsNodeConfig": {},
        "effectiveCgroupMode": "EFFECTIVE_CGROUP_MODE_V2",
        "kubeletConfig": {"insecureKubeletReadonlyPortEnabled": False, "maxParallelImagePulls": 3},
    },
    "maxPodsConstraint": MOST_PODS,
    "podIpv4CidrSize": 24,
    "autoscaling": {},
}
OF_GPUS = {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}


def new_cluster(store: Store, path: str, given: Body, number: str) -> Body:
    """The cluster at `path` (`projects/p/locations/l/clusters/c`), as it is shown from its first moment on."""
    _, project, _, location, _, name = path.split("/")
    region = location if location.count("-") == 1 else location.rpartition("-")[0]
    channel = (given.get("releaseChannel") or {}).get("channel", DEFAULT_CHANNEL)
    version = resolve(given.get("initialClusterVersion", ""), channel)
    network, subnetwork, nodes = _place(store, project, region, given)
    number = hashlib.sha256(number.encode()).hexdigest()
    policy = _addresses(store, name, number, subnetwork, given.get("ipAllocationPolicy") or {})
    zones = [location] if region != location else zones_of(region)[:3]
    own: Body = {
        "name": name,
        "id": number,
        "selfLink": self_link(path),
        "location": location,
        "zone": location,
        "locations": sorted(given.get("locations") or zones),
        "initialClusterVersion": version,
        "currentMasterVersion": version,
        "currentNodeVersion": version,
        "releaseChannel": {"channel": channel} if channel != WITHOUT else {},
        "createTime": zulu(),
        "network": name_of(network),
        "subnetwork": name_of(subnetwork),
        "networkConfig": {"network": network, "subnetwork": subnetwork},
        "ipAllocationPolicy": policy,
        "clusterIpv4Cidr": policy["clusterIpv4Cidr"],
        "servicesIpv4Cidr": policy["servicesIpv4Cidr"],
        "masterAuth": {"clusterCaCertificate": "cmVoZWFyc2Fs", "clientCertificateConfig": {}},
        "etag": digest(number + version),
        "labelFingerprint": digest(str(given.get("resourceLabels", {}))),
        "status": "PROVISIONING",
        "x-nodes": nodes,
        "x-own-range": not (given.get("ipAllocationPolicy") or {}).get("clusterSecondaryRangeName"),
    }
    kept = {k: v for k, v in given.items() if k not in ("nodePools", "nodeConfig", *own)}
    kept["networkConfig"] = given.get("networkConfig") or {}
    body: Body = merged(merged(CLUSTER, kept), own)
    body["controlPlaneEndpointsConfig"] = _endpoints(project, region, number, nodes, given)
    body["privateClusterConfig"] = _private(body)
    body["endpoint"] = _endpoint(body["controlPlaneEndpointsConfig"]["ipEndpointsConfig"])
    return body


def new_pool(path: str, cluster: Body, given: Body) -> Body:
    """The pool at `path`, without its machines."""
    kept = {k: v for k, v in given.items() if k != "networkConfig"}
    body: Body = merged(merged(POOL, kept), {"selfLink": self_link(path), "status": "PROVISIONING"})
    config = body["config"]
    if given.get("config", {}).get("bootDisk"):
        config = {**config, **_disk_of(given["config"]["bootDisk"])}
    config["bootDisk"] = {"diskType": config["diskType"], "sizeGb": str(config["diskSizeGb"])}
    config["resourceLabels"] = {**config.get("resourceLabels", {}), **own_labels(config)}
    config["oauthScopes"] = config.get("oauthScopes") or ["https://www.googleapis.com/auth/cloud-platform"]
    body["config"] = config
    body["version"] = resolve(given["version"], WITHOUT) if given.get("version") else cluster["currentMasterVersion"]
    body["locations"] = sorted(given.get("locations") or cluster["locations"])
    if body["autoscaling"].get("enabled"):
        body["autoscaling"] = {"locationPolicy": "BALANCED", **body["autoscaling"]}
    exclusion = (given.get("maintenancePolicy") or {}).get("exclusionUntilEndOfSupport") or {}
    if exclusion.get("enabled"):
        dates = {"startTime": zulu(), "endTime": "2028-01-01T00:00:00Z"}
        body["maintenancePolicy"] = {"exclusionUntilEndOfSupport": {**exclusion, **dates}}
    body["networkConfig"] = {
        "podRange": cluster["ipAllocationPolicy"]["clusterSecondaryRangeName"],
        "podIpv4CidrBlock": cluster["ipAllocationPolicy"]["clusterIpv4CidrBlock"],
        "podIpv4RangeUtilization": 0.001,
        "enablePrivateNodes": cluster["networkConfig"].get("defaultEnablePrivateNodes", False),
        "subnetwork": cluster["networkConfig"]["subnetwork"],
        "networkTierConfig": {"networkTier": "NETWORK_TIER_DEFAULT"},
        **(given.get("networkConfig") or {}),
    }
    body["upgradeSettings"] = given.get("upgradeSettings") or {"maxSurge": 1, "strategy": "SURGE"}
    if body["config"].get("flexStart"):
        # GKE's own choice for such nodes, whatever was asked for (read 2026-11-25):
        # https://cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies
        body["upgradeSettings"] = {"strategy": "SHORT_LIVED"}
    body["management"] = given.get("management") or {"autoRepair": True, "autoUpgrade": True}
    body["etag"] = digest(body["selfLink"] + body["version"])
    return body


def tainted(pool: Body, others: list[Body]) -> Body:
    """The pool, closed to pods that ask for no GPU where there is another pool for these."""
    plain = any(not other["config"].get("accelerators") for other in others)
    if not pool["config"].get("accelerators") or not plain:
        return pool
    taints = [*pool["config"].get("taints", []), OF_GPUS]
    return {**pool, "config": {**pool["config"], "taints": taints}}


def _place(store: Store, project: str, region: str, given: Body) -> tuple[str, str, str]:
    """Network and subnetwork by path, and the range of the latter."""
    network = path_of(given.get("network") or "default", project)
    if "/" not in network:
        network = f"projects/{project}/global/networks/{network}"
    subnetwork = path_of(given.get("subnetwork") or name_of(network), project)
    if "/" not in subnetwork:
        subnetwork = f"projects/{project}/regions/{region}/subnetworks/{subnetwork}"
    for path, noun in ((network, "Network"), (subnetwork, "Subnetwork")):
        if find(store, path) is None:
            raise ApiError(400, "badRequest", f'Invalid value for field "{noun.lower()}": {noun} "{path}" not found.')
    return network, subnetwork, str((find(store, subnetwork) or {})["ipCidrRange"])


def _addresses(store: Store, name: str, number: str, subnetwork: str, given: Body) -> Body:
    """The ranges of pods and services: the subnetwork's own, by their names, or what GKE chooses."""
    there = {
        each["rangeName"]: each["ipCidrRange"] for each in (find(store, subnetwork) or {}).get("secondaryIpRanges", ())
    }
    policy: Body = {
        "useIpAliases": True,
        "stackType": "IPV4",
        "podCidrOverprovisionConfig": {},
        "networkTierConfig": {"networkTier": "NETWORK_TIER_DEFAULT"},
        **given,
    }
    for kind, chosen in (("cluster", _free_range(store, number)), ("services", SERVICES)):
        asked = given.get(f"{kind}SecondaryRangeName")
        if asked and asked not in there:
            text = f'Services/Pods secondary range "{asked}" does not exist in subnetwork "{subnetwork}".'
            raise ApiError(400, "badRequest", text)
        block = there[asked] if asked else chosen
        policy[f"{kind}Ipv4Cidr"] = policy[f"{kind}Ipv4CidrBlock"] = block
    policy["clusterSecondaryRangeName"] = given.get("clusterSecondaryRangeName") or f"gke-{name}-{digest(number)}-pods"
    policy["defaultPodIpv4RangeUtilization"] = 0.001
    return policy


def _free_range(store: Store, number: str) -> str:
    """A range below 10.128.0.0/9, where automatic networks have their subnetworks."""
    every = list(ipaddress.ip_network("10.0.0.0/9").subnets(new_prefix=PODS_WITHOUT_RANGE))
    return str(every[store.number(f"pods {number}", len(every))])


def _endpoints(project: str, region: str, number: str, nodes: str, given: Body) -> Body:
    asked = given.get("controlPlaneEndpointsConfig") or {}
    host = f"gke-{number[:32]}-{project_number(project)}.{region}.gke.goog"
    addresses = dict(asked.get("ipEndpointsConfig") or {"enabled": True, "enablePublicEndpoint": True})
    if addresses.get("enabled"):
        addresses["privateEndpoint"] = str(ipaddress.ip_network(nodes)[2])
        if addresses.get("enablePublicEndpoint"):
            addresses["publicEndpoint"] = "203.0.113.2"  # TEST-NET-3 (RFC 5737)
    return {
        "dnsEndpointConfig": {
            "allowExternalTraffic": False,
            **(asked.get("dnsEndpointConfig") or {}),
            "endpoint": host,
        },
        "ipEndpointsConfig": addresses,
    }


def _private(cluster: Body) -> Body:
    """The same in the older form."""
    addresses = cluster["controlPlaneEndpointsConfig"]["ipEndpointsConfig"]
    found: Body = {
        "enablePrivateNodes": cluster["networkConfig"].get("defaultEnablePrivateNodes", False),
        "enablePrivateEndpoint": not addresses.get("enablePublicEndpoint", False),
    }
    return {**found, **{k: addresses[k] for k in ("privateEndpoint", "publicEndpoint") if k in addresses}}


def _endpoint(addresses: Body) -> str:
    return str(addresses.get("publicEndpoint") or addresses.get("privateEndpoint") or "")


def _disk_of(given: Body) -> Body:
    found = {"diskType": given.get("diskType"), "diskSizeGb": given.get("sizeGb") and int(given["sizeGb"])}
    return {k: v for k, v in found.items() if v}


def own_labels(config: Body) -> dict[str, str]:
    """What GKE adds to a pool's labels."""
    model = "spot" if config.get("spot") else "flex-start" if config.get("flexStart") else "on-demand"
    labels = {"goog-gke-node-pool-provisioning-model": model}
    for each in config.get("accelerators", ())[:1]:
        labels["goog-gke-accelerator-type"] = name_of(each["acceleratorType"])
    return labels
