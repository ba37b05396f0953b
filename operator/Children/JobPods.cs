using System.Globalization;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;
using k8s.Models;

namespace FedOperator.Operator.Children;

/// <summary>Makes a job's pods: a pure function of job, plan and settings.</summary>
internal sealed class JobPods
{
    // A trainer stops at SIGTERM at once; what it is committing to the store it commits.
    private const long GraceSeconds = 15;

    private readonly JobKey _key;
    private readonly string _uid;
    private readonly FederatedJobSpec _spec;
    private readonly Plan _plan;
    private readonly OperatorSettings _settings;
    private readonly Lazy<JobProcesses> _processes;
    private readonly Lazy<Dictionary<string, PlannedProcess>> _byName;
    private readonly Dictionary<string, ClientName> _clients;
    private readonly Dictionary<string, int> _indices;
    private readonly InitialCheckpointSpec? _initial;

    /// <summary>Prepares what all of the job's pods share.</summary>
    /// <param name="key">Where the job is.</param>
    /// <param name="uid">Its uid: the pods' owner.</param>
    /// <param name="job">A valid job that <see cref="PodRequests.Check"/> has no problem with.</param>
    /// <param name="plan">The plan that governs.</param>
    /// <param name="settings">The operator's.</param>
    public JobPods(JobKey key, string uid, FederatedJob job, Plan plan, OperatorSettings settings)
    {
        (_key, _uid, _spec, _plan, _settings) = (key, uid, job.Spec, plan, settings);
        _clients = ClientNames.Expand(job.Spec.Clients).ToDictionary(c => c.Name, StringComparer.Ordinal);
        _indices = plan.Clients.Select((client, i) => (client.Name, i)).ToDictionary(c => c.Name, c => c.i, StringComparer.Ordinal);
        IReadOnlyList<string> store = _spec.Storage.AzureBlob is { } blob
            ? ["--store", blob.AccountUrl.TrimEnd('/'), "--credential", ChildNames.CredentialFile]
            : ["--store", "file://" + ChildNames.StorageClaimPath];
        // The plan says whether there is one, the spec where it lies.
        _initial = plan.Model.InitialCheckpoint is { } planned ? _spec.Model.InitialCheckpoint ?? planned : null;
        // Most passes create nothing.
        _processes = new(() => JobProcesses.For(plan, new JobAddresses(_ => store, client => _clients.TryGetValue(client, out var c) ? DataOf(c).Path : _spec.Data.Path, _initial?.Path)), isThreadSafe: false);
        _byName = new(() => _processes.Value.Processes.ToDictionary(p => p.Name, StringComparer.Ordinal), isThreadSafe: false);
        Processes = [JobProcesses.AggregatorName, .. plan.Clients.Select(c => c.Name).Where(IsOurs)];
    }

    /// <summary>Names of the processes that have a pod: `aggregator`, and the clients of the plan that are not external and that the spec still names, in ordinal order.</summary>
    public IReadOnlyList<string> Processes { get; }

    /// <summary>A process's pod; null where it has none: an external client, or one that the spec does not name.</summary>
    public V1Pod? Pod(string process, int attempt)
    {
        if (!IsOurs(process))
            return null;
        var isAggregator = process == JobProcesses.AggregatorName;
        var pod = isAggregator ? Aggregator(attempt) : Trainer(_clients[process], attempt);
        var template = isAggregator ? _spec.Aggregator.PodTemplate : Group(_clients[process]).Trainer?.PodTemplate ?? _spec.Trainer.PodTemplate;
        return template is null ? pod : PodMerge.Merge(pod, template);
    }

    private bool IsOurs(string process) =>
        process == JobProcesses.AggregatorName || (_clients.ContainsKey(process) && _indices.TryGetValue(process, out var index) && !_plan.Clients[index].External);

    private ClientGroup Group(ClientName client) => _spec.Clients[client.Group];

    private DataSpec DataOf(ClientName client) => Group(client).Data ?? _spec.Data;

    private V1Pod Aggregator(int attempt)
    {
        var mounts = new List<(V1Volume, V1VolumeMount)> { PodVolumes.Ledger(_spec.Storage, ChildNames.Secret(_key.Name), JobProcesses.AggregatorName), PodVolumes.Scratch() };
        // `trainer init` alone reads the checkpoint to start from.
        var mountsOfInit = _initial is not null && CheckpointVolume.Mount(_initial) is { } checkpoint ? [.. mounts, checkpoint] : mounts;
        var pod = Pod(JobProcesses.AggregatorName, 0, attempt, mountsOfInit, Container(PodNames.Aggregator, _byName.Value[JobProcesses.AggregatorName], _spec.Aggregator.Image, _spec.Aggregator.Resources, mounts));
        pod.Spec.InitContainers = [Container(PodNames.Init, _processes.Value.Init, _spec.Aggregator.Image, _spec.Aggregator.Resources, mountsOfInit)];
        return pod;
    }

    private V1Pod Trainer(ClientName client, int attempt)
    {
        var group = Group(client);
        var index = _indices[client.Name];
        var mounts = new List<(V1Volume, V1VolumeMount)> { PodVolumes.Ledger(_spec.Storage, ChildNames.Secret(_key.Name, _plan.Clients.Count, index), client.Name), PodVolumes.Scratch() };
        if (PodVolumes.Data(DataOf(client), client.Index) is { } data)
            mounts.Add(data);
        var container = Container(PodNames.Trainer, _byName.Value[client.Name], group.Trainer?.Image ?? _spec.Trainer.Image, group.Trainer?.Resources ?? _spec.Trainer.Resources, mounts);
        var pod = Pod(client.Name, index, attempt, mounts, container);
        if (group.NodeSelector is { Count: > 0 } selector)
            pod.Spec.NodeSelector = new Dictionary<string, string>(selector, StringComparer.Ordinal);
        if (group.Tolerations is { Count: > 0 } tolerations)
            pod.Spec.Tolerations = [.. tolerations.Select(StrictModels.Read<V1Toleration>)];
        return pod;
    }

    private V1Pod Pod(string process, int index, int attempt, IReadOnlyList<(V1Volume Volume, V1VolumeMount Mount)> mounts, V1Container container)
    {
        var isAggregator = process == JobProcesses.AggregatorName;
        return new V1Pod
        {
            ApiVersion = V1Pod.KubeApiVersion,
            Kind = V1Pod.KubeKind,
            Metadata = new V1ObjectMeta
            {
                Name = ChildNames.Pod(_key.Name, isAggregator, index, attempt),
                NamespaceProperty = _key.Namespace,
                Labels = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [ChildNames.ManagedByLabel] = ChildNames.ManagedBy,
                    [ChildNames.JobLabel] = _key.Name,
                    [ChildNames.RoleLabel] = isAggregator ? PodNames.Aggregator : PodNames.Trainer,
                    [ChildNames.ProcessLabel] = process,
                    [ChildNames.AttemptLabel] = attempt.ToString(CultureInfo.InvariantCulture),
                },
                OwnerReferences = [new V1OwnerReference { ApiVersion = FederatedJob.Version, Kind = FederatedJob.KindName, Name = _key.Name, Uid = _uid, Controller = true, BlockOwnerDeletion = true }],
            },
            Spec = new V1PodSpec
            {
                RestartPolicy = "Never",
                AutomountServiceAccountToken = false,
                EnableServiceLinks = false,
                TerminationGracePeriodSeconds = GraceSeconds,
                SecurityContext = PodSecurity.Pod(_settings),
                Containers = [container],
                Volumes = [.. mounts.Select(m => m.Volume)],
            },
        };
    }

    private V1Container Container(string name, PlannedProcess process, string? image, JsonObject? resources, IReadOnlyList<(V1Volume Volume, V1VolumeMount Mount)> mounts)
    {
        var serves = process.Role != ProcessRole.Init;
        var port = _settings.PodMetricsPort;
        return new V1Container
        {
            Name = name,
            Image = image ?? _settings.TrainerImage,
            ImagePullPolicy = _settings.ImagePullPolicy,
            Args = serves ? [.. process.Arguments, "--metrics-port", port.ToString(CultureInfo.InvariantCulture)] : [.. process.Arguments],
            Env = process.Environment.Count == 0 ? null : [.. process.Environment.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => new V1EnvVar { Name = e.Key, Value = e.Value })],
            Ports = serves ? [new V1ContainerPort { Name = PodNames.MetricsPort, ContainerPort = port, Protocol = "TCP" }] : null,
            Resources = resources is null ? null : StrictModels.Read<V1ResourceRequirements>(resources),
            SecurityContext = PodSecurity.Container(),
            // The end of a failed container's log becomes the reason that the status gives.
            TerminationMessagePolicy = "FallbackToLogsOnError",
            VolumeMounts = [.. mounts.Select(m => m.Mount)],
        };
    }
}
