using System.Text.Json.Serialization;

namespace k8s.Models;

public partial record V1ContainerExtendedResourceRequest
{
    [JsonPropertyName("containerName")] public string ContainerName { get; set; }
    [JsonPropertyName("requestName")] public string RequestName { get; set; }
    [JsonPropertyName("resourceName")] public string ResourceName { get; set; }
}

public partial record V1ContainerState
{
    [JsonPropertyName("running")] public V1ContainerStateRunning Running { get; set; }
    [JsonPropertyName("terminated")] public V1ContainerStateTerminated Terminated { get; set; }
    [JsonPropertyName("waiting")] public V1ContainerStateWaiting Waiting { get; set; }
}

public partial record V1ContainerStateRunning
{
    [JsonPropertyName("startedAt")] public DateTime? StartedAt { get; set; }
}

public partial record V1ContainerStateTerminated
{
    [JsonPropertyName("containerID")] public string ContainerID { get; set; }
    [JsonPropertyName("exitCode")] public int ExitCode { get; set; }
    [JsonPropertyName("finishedAt")] public DateTime? FinishedAt { get; set; }
    [JsonPropertyName("message")] public string Message { get; set; }
    [JsonPropertyName("reason")] public string Reason { get; set; }
    [JsonPropertyName("signal")] public int? Signal { get; set; }
    [JsonPropertyName("startedAt")] public DateTime? StartedAt { get; set; }
}

public partial record V1ContainerStateWaiting
{
    [JsonPropertyName("message")] public string Message { get; set; }
    [JsonPropertyName("reason")] public string Reason { get; set; }
}

public partial record V1ContainerStatus
{
    [JsonPropertyName("allocatedResources")] public IDictionary<string, ResourceQuantity> AllocatedResources { get; set; }
    [JsonPropertyName("allocatedResourcesStatus")] public IList<V1ResourceStatus> AllocatedResourcesStatus { get; set; }
    [JsonPropertyName("containerID")] public string ContainerID { get; set; }
    [JsonPropertyName("image")] public string Image { get; set; }
    [JsonPropertyName("imageID")] public string ImageID { get; set; }
    [JsonPropertyName("lastState")] public V1ContainerState LastState { get; set; }
    [JsonPropertyName("name")] public string Name { get; set; }
    [JsonPropertyName("ready")] public bool Ready { get; set; }
    [JsonPropertyName("resources")] public V1ResourceRequirements Resources { get; set; }
    [JsonPropertyName("restartCount")] public int RestartCount { get; set; }
    [JsonPropertyName("started")] public bool? Started { get; set; }
    [JsonPropertyName("state")] public V1ContainerState State { get; set; }
    [JsonPropertyName("stopSignal")] public string StopSignal { get; set; }
    [JsonPropertyName("user")] public V1ContainerUser User { get; set; }
    [JsonPropertyName("volumeMounts")] public IList<V1VolumeMountStatus> VolumeMounts { get; set; }
}

public partial record V1ContainerUser
{
    [JsonPropertyName("linux")] public V1LinuxContainerUser Linux { get; set; }
}

public partial record V1HostIP
{
    [JsonPropertyName("ip")] public string Ip { get; set; }
}

public partial record V1LinuxContainerUser
{
    [JsonPropertyName("gid")] public long Gid { get; set; }
    [JsonPropertyName("supplementalGroups")] public IList<long> SupplementalGroups { get; set; }
    [JsonPropertyName("uid")] public long Uid { get; set; }
}

public partial record V1PodCondition
{
    [JsonPropertyName("lastProbeTime")] public DateTime? LastProbeTime { get; set; }
    [JsonPropertyName("lastTransitionTime")] public DateTime? LastTransitionTime { get; set; }
    [JsonPropertyName("message")] public string Message { get; set; }
    [JsonPropertyName("observedGeneration")] public long? ObservedGeneration { get; set; }
    [JsonPropertyName("reason")] public string Reason { get; set; }
    [JsonPropertyName("status")] public string Status { get; set; }
    [JsonPropertyName("type")] public string Type { get; set; }
}

public partial record V1PodExtendedResourceClaimStatus
{
    [JsonPropertyName("requestMappings")] public IList<V1ContainerExtendedResourceRequest> RequestMappings { get; set; }
    [JsonPropertyName("resourceClaimName")] public string ResourceClaimName { get; set; }
}

public partial record V1PodIP
{
    [JsonPropertyName("ip")] public string Ip { get; set; }
}

public partial record V1PodResourceClaimStatus
{
    [JsonPropertyName("name")] public string Name { get; set; }
    [JsonPropertyName("resourceClaimName")] public string ResourceClaimName { get; set; }
}

public partial record V1PodStatus
{
    [JsonPropertyName("allocatedResources")] public IDictionary<string, ResourceQuantity> AllocatedResources { get; set; }
    [JsonPropertyName("conditions")] public IList<V1PodCondition> Conditions { get; set; }
    [JsonPropertyName("containerStatuses")] public IList<V1ContainerStatus> ContainerStatuses { get; set; }
    [JsonPropertyName("ephemeralContainerStatuses")] public IList<V1ContainerStatus> EphemeralContainerStatuses { get; set; }
    [JsonPropertyName("extendedResourceClaimStatus")] public V1PodExtendedResourceClaimStatus ExtendedResourceClaimStatus { get; set; }
    [JsonPropertyName("hostIP")] public string HostIP { get; set; }
    [JsonPropertyName("hostIPs")] public IList<V1HostIP> HostIPs { get; set; }
    [JsonPropertyName("initContainerStatuses")] public IList<V1ContainerStatus> InitContainerStatuses { get; set; }
    [JsonPropertyName("message")] public string Message { get; set; }
    [JsonPropertyName("nodeAllocatableResourceClaimStatuses")] public IList<V1NodeAllocatableResourceClaimStatus> NodeAllocatableResourceClaimStatuses { get; set; }
    [JsonPropertyName("nominatedNodeName")] public string NominatedNodeName { get; set; }
    [JsonPropertyName("observedGeneration")] public long? ObservedGeneration { get; set; }
    [JsonPropertyName("phase")] public string Phase { get; set; }
    [JsonPropertyName("podIP")] public string PodIP { get; set; }
    [JsonPropertyName("podIPs")] public IList<V1PodIP> PodIPs { get; set; }
    [JsonPropertyName("qosClass")] public string QosClass { get; set; }
    [JsonPropertyName("reason")] public string Reason { get; set; }
    [JsonPropertyName("resize")] public string Resize { get; set; }
    [JsonPropertyName("resourceClaimStatuses")] public IList<V1PodResourceClaimStatus> ResourceClaimStatuses { get; set; }
    [JsonPropertyName("resources")] public V1ResourceRequirements Resources { get; set; }
    [JsonPropertyName("startTime")] public DateTime? StartTime { get; set; }
}

public partial record V1ResourceHealth
{
    [JsonPropertyName("health")] public string Health { get; set; }
    [JsonPropertyName("message")] public string Message { get; set; }
    [JsonPropertyName("resourceID")] public string ResourceID { get; set; }
}

public partial record V1ResourceStatus
{
    [JsonPropertyName("name")] public string Name { get; set; }
    [JsonPropertyName("resources")] public IList<V1ResourceHealth> Resources { get; set; }
}

public partial record V1VolumeMountStatus
{
    [JsonPropertyName("mountPath")] public string MountPath { get; set; }
    [JsonPropertyName("name")] public string Name { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("recursiveReadOnly")] public string RecursiveReadOnly { get; set; }
    [JsonPropertyName("volumeStatus")] public V1VolumeStatus VolumeStatus { get; set; }
}
