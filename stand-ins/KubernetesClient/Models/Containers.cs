using System.Text.Json.Serialization;

namespace k8s.Models;

public partial record Corev1ResourceClaim
{
    [JsonPropertyName("name")]
    public string Name { get; set; }

    [JsonPropertyName("request")]
    public string Request { get; set; }
}

public partial record V1ConfigMapEnvSource
{
    [JsonPropertyName("name")]
    public string Name { get; set; }

    [JsonPropertyName("optional")]
    public bool? Optional { get; set; }
}

public partial record V1Container
{
    [JsonPropertyName("args")]
    public IList<string> Args { get; set; }

    [JsonPropertyName("command")]
    public IList<string> Command { get; set; }

    [JsonPropertyName("env")]
    public IList<V1EnvVar> Env { get; set; }

    [JsonPropertyName("envFrom")]
    public IList<V1EnvFromSource> EnvFrom { get; set; }

    [JsonPropertyName("image")]
    public string Image { get; set; }

    [JsonPropertyName("imagePullPolicy")]
    public string ImagePullPolicy { get; set; }

    [JsonPropertyName("lifecycle")]
    public V1Lifecycle Lifecycle { get; set; }

    [JsonPropertyName("livenessProbe")]
    public V1Probe LivenessProbe { get; set; }

    [JsonPropertyName("name")]
    public string Name { get; set; }

    [JsonPropertyName("ports")]
    public IList<V1ContainerPort> Ports { get; set; }

    [JsonPropertyName("readinessProbe")]
    public V1Probe ReadinessProbe { get; set; }

    [JsonPropertyName("resizePolicy")]
    public IList<V1ContainerResizePolicy> ResizePolicy { get; set; }

    [JsonPropertyName("resources")]
    public V1ResourceRequirements Resources { get; set; }

    [JsonPropertyName("restartPolicy")]
    public string RestartPolicy { get; set; }

    [JsonPropertyName("securityContext")]
    public V1SecurityContext SecurityContext { get; set; }

    [JsonPropertyName("startupProbe")]
    public V1Probe StartupProbe { get; set; }

    [JsonPropertyName("stdin")]
    public bool? Stdin { get; set; }

    [JsonPropertyName("stdinOnce")]
    public bool? StdinOnce { get; set; }

    [JsonPropertyName("terminationMessagePath")]
    public string TerminationMessagePath { get; set; }

    [JsonPropertyName("terminationMessagePolicy")]
    public string TerminationMessagePolicy { get; set; }

    [JsonPropertyName("tty")]
    public bool? Tty { get; set; }

    [JsonPropertyName("volumeDevices")]
    public IList<V1VolumeDevice> VolumeDevices { get; set; }

    [JsonPropertyName("volumeMounts")]
    public IList<V1VolumeMount> VolumeMounts { get; set; }

    [JsonPropertyName("workingDir")]
    public string WorkingDir { get; set; }
}

public partial record V1ContainerPort
{
    [JsonPropertyName("containerPort")]
    public int ContainerPort { get; set; }

    [JsonPropertyName("hostIP")]
    public string HostIP { get; set; }

    [JsonPropertyName("hostPort")]
    public int? HostPort { get; set; }

    [JsonPropertyName("name")]
    public string Name { get; set; }

    [JsonPropertyName("protocol")]
    public string Protocol { get; set; }
}

public partial record V1ContainerResizePolicy
{
    [JsonPropertyName("resourceName")]
    public string ResourceName { get; set; }

    [JsonPropertyName("restartPolicy")]
    public string RestartPolicy { get; set; }
}

public partial record V1ContainerState
{
    [JsonPropertyName("running")]
    public V1ContainerStateRunning Running { get; set; }

    [JsonPropertyName("terminated")]
    public V1ContainerStateTerminated Terminated { get; set; }

    [JsonPropertyName("waiting")]
    public V1ContainerStateWaiting Waiting { get; set; }
}

public partial record V1ContainerStateRunning
{
    [JsonPropertyName("startedAt")]
    public DateTime? StartedAt { get; set; }
}

public partial record V1ContainerStateTerminated
{
    [JsonPropertyName("containerID")]
    public string ContainerID { get; set; }

    [JsonPropertyName("exitCode")]
    public int ExitCode { get; set; }

    [JsonPropertyName("finishedAt")]
    public DateTime? FinishedAt { get; set; }

    [JsonPropertyName("message")]
    public string Message { get; set; }

    [JsonPropertyName("reason")]
    public string Reason { get; set; }

    [JsonPropertyName("signal")]
    public int? Signal { get; set; }

    [JsonPropertyName("startedAt")]
    public DateTime? StartedAt { get; set; }
}

public partial record V1ContainerStateWaiting
{
    [JsonPropertyName("message")]
    public string Message { get; set; }

    [JsonPropertyName("reason")]
    public string Reason { get; set; }
}

public partial record V1ContainerStatus
{
    [JsonPropertyName("containerID")]
    public string ContainerID { get; set; }

    [JsonPropertyName("image")]
    public string Image { get; set; }

    [JsonPropertyName("imageID")]
    public string ImageID { get; set; }

    [JsonPropertyName("lastState")]
    public V1ContainerState LastState { get; set; }

    [JsonPropertyName("name")]
    public string Name { get; set; }

    [JsonPropertyName("ready")]
    public bool Ready { get; set; }

    [JsonPropertyName("restartCount")]
    public int RestartCount { get; set; }

    [JsonPropertyName("started")]
    public bool? Started { get; set; }

    [JsonPropertyName("state")]
    public V1ContainerState State { get; set; }
}

public partial record V1EnvFromSource
{
    [JsonPropertyName("configMapRef")]
    public V1ConfigMapEnvSource ConfigMapRef { get; set; }

    [JsonPropertyName("prefix")]
    public string Prefix { get; set; }

    [JsonPropertyName("secretRef")]
    public V1SecretEnvSource SecretRef { get; set; }
}

public partial record V1EnvVar
{
    [JsonPropertyName("name")]
    public string Name { get; set; }

    [JsonPropertyName("value")]
    public string Value { get; set; }

    [JsonPropertyName("valueFrom")]
    public V1EnvVarSource ValueFrom { get; set; }
}

public partial record V1EnvVarSource
{
    [JsonPropertyName("configMapKeyRef")]
    public V1ConfigMapKeySelector ConfigMapKeyRef { get; set; }

    [JsonPropertyName("fieldRef")]
    public V1ObjectFieldSelector FieldRef { get; set; }

    [JsonPropertyName("resourceFieldRef")]
    public V1ResourceFieldSelector ResourceFieldRef { get; set; }

    [JsonPropertyName("secretKeyRef")]
    public V1SecretKeySelector SecretKeyRef { get; set; }
}

public partial record V1ExecAction
{
    [JsonPropertyName("command")]
    public IList<string> Command { get; set; }
}

public partial record V1HTTPGetAction
{
    [JsonPropertyName("host")]
    public string Host { get; set; }

    [JsonPropertyName("httpHeaders")]
    public IList<V1HTTPHeader> HttpHeaders { get; set; }

    [JsonPropertyName("path")]
    public string Path { get; set; }

    [JsonPropertyName("port")]
    public IntOrString Port { get; set; }

    [JsonPropertyName("scheme")]
    public string Scheme { get; set; }
}

public partial record V1Handler
{
    [JsonPropertyName("exec")]
    public V1ExecAction Exec { get; set; }

    [JsonPropertyName("httpGet")]
    public V1HTTPGetAction HttpGet { get; set; }

    [JsonPropertyName("tcpSocket")]
    public V1TCPSocketAction TcpSocket { get; set; }
}

public partial record V1Lifecycle
{
    [JsonPropertyName("postStart")]
    public V1Handler PostStart { get; set; }

    [JsonPropertyName("preStop")]
    public V1Handler PreStop { get; set; }
}

public partial record V1PodResourceClaim
{
    [JsonPropertyName("name")]
    public string Name { get; set; }

    [JsonPropertyName("resourceClaimName")]
    public string ResourceClaimName { get; set; }

    [JsonPropertyName("resourceClaimTemplateName")]
    public string ResourceClaimTemplateName { get; set; }
}

public partial record V1PodSecurityContext
{
    [JsonPropertyName("appArmorProfile")]
    public V1AppArmorProfile AppArmorProfile { get; set; }

    [JsonPropertyName("fsGroup")]
    public long? FsGroup { get; set; }

    [JsonPropertyName("fsGroupChangePolicy")]
    public string FsGroupChangePolicy { get; set; }

    [JsonPropertyName("runAsGroup")]
    public long? RunAsGroup { get; set; }

    [JsonPropertyName("runAsNonRoot")]
    public bool? RunAsNonRoot { get; set; }

    [JsonPropertyName("runAsUser")]
    public long? RunAsUser { get; set; }

    [JsonPropertyName("seLinuxOptions")]
    public V1SELinuxOptions SeLinuxOptions { get; set; }

    [JsonPropertyName("seccompProfile")]
    public V1SeccompProfile SeccompProfile { get; set; }

    [JsonPropertyName("supplementalGroups")]
    public IList<long> SupplementalGroups { get; set; }

    [JsonPropertyName("supplementalGroupsPolicy")]
    public string SupplementalGroupsPolicy { get; set; }

    [JsonPropertyName("sysctls")]
    public IList<V1Sysctl> Sysctls { get; set; }

    [JsonPropertyName("windowsOptions")]
    public V1WindowsSecurityContextOptions WindowsOptions { get; set; }
}

public partial record V1Probe
{
    [JsonPropertyName("exec")]
    public V1ExecAction Exec { get; set; }

    [JsonPropertyName("failureThreshold")]
    public int? FailureThreshold { get; set; }

    [JsonPropertyName("httpGet")]
    public V1HTTPGetAction HttpGet { get; set; }

    [JsonPropertyName("initialDelaySeconds")]
    public int? InitialDelaySeconds { get; set; }

    [JsonPropertyName("periodSeconds")]
    public int? PeriodSeconds { get; set; }

    [JsonPropertyName("successThreshold")]
    public int? SuccessThreshold { get; set; }

    [JsonPropertyName("tcpSocket")]
    public V1TCPSocketAction TcpSocket { get; set; }

    [JsonPropertyName("timeoutSeconds")]
    public int? TimeoutSeconds { get; set; }
}

public partial record V1ResourceRequirements
{
    [JsonPropertyName("claims")]
    public IList<Corev1ResourceClaim> Claims { get; set; }

    [JsonPropertyName("limits")]
    public IDictionary<string, ResourceQuantity> Limits { get; set; }

    [JsonPropertyName("requests")]
    public IDictionary<string, ResourceQuantity> Requests { get; set; }
}

public partial record V1SecretEnvSource
{
    [JsonPropertyName("name")]
    public string Name { get; set; }

    [JsonPropertyName("optional")]
    public bool? Optional { get; set; }
}

public partial record V1SecurityContext
{
    [JsonPropertyName("allowPrivilegeEscalation")]
    public bool? AllowPrivilegeEscalation { get; set; }

    [JsonPropertyName("appArmorProfile")]
    public V1AppArmorProfile AppArmorProfile { get; set; }

    [JsonPropertyName("capabilities")]
    public V1Capabilities Capabilities { get; set; }

    [JsonPropertyName("privileged")]
    public bool? Privileged { get; set; }

    [JsonPropertyName("procMount")]
    public string ProcMount { get; set; }

    [JsonPropertyName("readOnlyRootFilesystem")]
    public bool? ReadOnlyRootFilesystem { get; set; }

    [JsonPropertyName("runAsGroup")]
    public long? RunAsGroup { get; set; }

    [JsonPropertyName("runAsNonRoot")]
    public bool? RunAsNonRoot { get; set; }

    [JsonPropertyName("runAsUser")]
    public long? RunAsUser { get; set; }

    [JsonPropertyName("seLinuxOptions")]
    public V1SELinuxOptions SeLinuxOptions { get; set; }

    [JsonPropertyName("seccompProfile")]
    public V1SeccompProfile SeccompProfile { get; set; }

    [JsonPropertyName("windowsOptions")]
    public V1WindowsSecurityContextOptions WindowsOptions { get; set; }
}

public partial record V1TCPSocketAction
{
    [JsonPropertyName("host")]
    public string Host { get; set; }

    [JsonPropertyName("port")]
    public IntOrString Port { get; set; }
}

public partial record V1WindowsSecurityContextOptions
{
    [JsonPropertyName("gmsaCredentialSpec")]
    public string GmsaCredentialSpec { get; set; }

    [JsonPropertyName("gmsaCredentialSpecName")]
    public string GmsaCredentialSpecName { get; set; }

    [JsonPropertyName("runAsUserName")]
    public string RunAsUserName { get; set; }
}
