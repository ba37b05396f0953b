using System.Globalization;
using System.Text;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;
using k8s.Models;

namespace FedOperator.Operator.Tests.Jobs;

/// <summary>A cluster with one job: an API server's view of its pods, nodes that start and end them, and what the job's processes do to its ledger. Every draw is seeded.</summary>
internal sealed class SimulatedWorld(int seed)
{
    public const string Uid = "9b1c7d3e-0000-4000-8000-000000000001";

    private static readonly string[] s_clients = ["edge-0", "edge-1", "edge-2"];

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, ObservedPod> _pods = new(StringComparer.Ordinal);
    private readonly HashSet<string> _deleted = new(StringComparer.Ordinal);
    private int _uids;
    private int _unchanged;

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public FederatedJobStatus Status { get; set; } = new();

    public bool HasFinalizer { get; set; }

    public bool IsGone { get; set; }

    public DateTimeOffset? DeletionRequested { get; private set; }

    public ObservedLedger Ledger { get; set; } = new();

    public DateTimeOffset? Credentials { get; set; }

    public bool HasBlobs { get; set; }

    public int Rounds { get; private set; } = 6;

    public bool Suspend { get; private set; }

    public bool IsInvalid { get; private set; }

    public long Generation { get; private set; } = 1;

    /// <summary>Whether there are faults and edits.</summary>
    public bool HasChaos { get; private set; } = true;

    /// <summary>Raised by whatever an informer would tell.</summary>
    public bool HasNews { get; set; } = true;

    /// <summary>Pods that ended by themselves or were taken away, by name and uid: each may be counted once.</summary>
    public HashSet<string> Ended { get; } = new(StringComparer.Ordinal);

    public IReadOnlyCollection<ObservedPod> Pods => _pods.Values;

    public bool Chance(double probability) => HasChaos && _random.NextDouble() < probability;

    public ObservedJob Observe() => Observe(GoverningSpec.Of(new SpecText(new JobKey("lab", "sim"), Uid, Generation, Encoding.UTF8.GetBytes(GoldenFiles.ReadYaml(Yaml())["spec"]!.ToJsonString())), Status, _ => []));

    private ObservedJob Observe(GoverningSpec spec) => new()
    {
        Key = new JobKey("lab", "sim"),
        Uid = Uid,
        Generation = Generation,
        Created = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        DeletionRequested = DeletionRequested,
        HasFinalizer = HasFinalizer,
        Status = Status,
        Spec = spec,
        Pods = [.. _pods.Values],
        Ledger = spec.Job is null ? ObservedLedger.Unread : Ledger,
    };

    public void Create(V1Pod pod)
    {
        var name = pod.Metadata.Name;
        Assert.False(_pods.ContainsKey(name), $"{name} is created, and is there already");
        Assert.True(HasBlobs && Credentials > Now, $"{name} is created without a ledger or a credential");
        var process = pod.Metadata.Labels["fedoperator.io/process"];
        var uid = string.Create(CultureInfo.InvariantCulture, $"uid-{++_uids}");
        _pods.Add(name, new ObservedPod
        {
            Name = name,
            Namespace = "lab",
            Uid = uid,
            ResourceVersion = "1",
            JobUid = Uid,
            Job = "sim",
            Process = process,
            Attempt = int.Parse(pod.Metadata.Labels["fedoperator.io/attempt"], CultureInfo.InvariantCulture),
            Phase = PodPhase.Pending,
            Created = Now,
        });
        HasNews = true;
        Check();
    }

    /// <summary>The operator deletes a pod: that is no end of its process that counts.</summary>
    public void Delete(PodDeletion deletion)
    {
        if (_pods.TryGetValue(deletion.Name, out var pod) && pod.Uid == deletion.Uid)
        {
            _deleted.Add(pod.Uid);
            Delete(pod);
        }
    }

    private void Delete(ObservedPod pod)
    {
        if (pod.IsFinished || pod.Phase == PodPhase.Pending)
            Remove(pod);
        else if (!pod.Terminating)
            Set(pod with { Terminating = true, TerminatingUntil = Now + TimeSpan.FromSeconds(15) });
    }

    /// <summary>Some seconds pass.</summary>
    public void Step()
    {
        Now += TimeSpan.FromSeconds(1 + _random.Next(4));
        foreach (var pod in _pods.Values.OrderBy(p => p.Name, StringComparer.Ordinal).ToList())
            Live(pod);
        Work();
        if (Chance(0.02))
            Edit();
        if (Chance(0.02))
            Ledger = Ledger with { Trouble = Ledger.Trouble is null ? new LedgerTrouble("StorageUnavailable", "the storage does not answer") : null };
    }

    /// <summary>No more faults and edits; whatever runs goes on.</summary>
    public void Calm()
    {
        (HasChaos, Ledger, Suspend, IsInvalid) = (false, Ledger with { Trouble = null }, false, false);
        Generation++;
        HasNews = true;
    }

    public void RequestDeletion()
    {
        DeletionRequested = Now;
        HasNews = true;
        if (!HasFinalizer)
            IsGone = true;
    }

    /// <summary>Never two pods of one process that run, or may run.</summary>
    public void Check() =>
        Assert.All(_pods.Values.GroupBy(p => p.Process), pods => Assert.True(pods.Count(p => !p.IsFinished) <= 1, $"two pods of {pods.Key}: {string.Join(", ", pods.Select(p => $"{p.Name} {p.Phase}"))}"));

    private string Yaml() => string.Create(CultureInfo.InvariantCulture, $$$"""
        apiVersion: fedoperator.io/v1alpha1
        kind: FederatedJob
        metadata: {name: sim, uid: {{{Uid}}}}
        spec:
          rounds: {{{Rounds}}}
          suspend: {{{(Suspend ? "true" : "false")}}}
          clients: [{name: edge, replicas: 3}]
          participation: {quorum: {{{(IsInvalid ? "3" : "0.6")}}} }
          storage: {azureBlob: {accountUrl: 'https://a.blob.core.windows.net', credentialsSecret: key}, retention: {onDelete: Delete} }
          failurePolicy: {maxRestarts: 3, backoffSeconds: 2}
          startupDeadlineSeconds: 300
        """);

    private void Edit()
    {
        switch (_random.Next(4))
        {
            case 0:
                Suspend = !Suspend;
                break;
            case 1:
                Rounds += 2;
                break;
            case 2:
                IsInvalid = !IsInvalid;
                break;
            default:
                Rounds = Math.Max(2, Rounds - 1);
                break;
        }
        Generation++;
        HasNews = true;
    }

    private void Live(ObservedPod pod)
    {
        if (pod.Terminating)
        {
            // By force or by itself; a kubelet says how it ended before it lets go, or does not.
            if (pod.End is null && !pod.IsFinished && _random.Next(3) == 0)
                Set(pod with { Phase = PodPhase.Failed, End = new PodEnd(PodFailure.Disrupted, 143, "its pod was deleted", IsDisruption: true) });
            else if (_random.Next(2) == 0)
                Remove(pod);
            return;
        }
        if (pod.Phase == PodPhase.Pending && _random.Next(2) == 0)
            Set(pod with { Phase = PodPhase.Running, Node = "node-1", Ready = true });
        else if (pod.Phase == PodPhase.Running && pod.End is null && Chance(seed % 5 == 0 ? 0.3 : 0.03))
            Fail(pod);
        else if (Chance(0.01))
        {
            if (_random.Next(2) == 0)
                Remove(pod);
            else
                Delete(pod);
        }
    }

    private void Fail(ObservedPod pod)
    {
        PodEnd end = _random.Next(12) switch
        {
            0 => new PodEnd("Evicted", null, "low on memory", IsDisruption: true),
            1 => new PodEnd("OOMKilled", 137, "out of memory", IsDisruption: false),
            3 => new PodEnd(PodFailure.Completed, 0, "done", IsDisruption: false),
            2 when pod.Process != JobProcesses.AggregatorName => new PodEnd(PodFailure.InvalidInput, 2, "no data", IsDisruption: false),
            _ => new PodEnd("Error", 1, "fault", IsDisruption: false),
        };
        // A sidecar may outlive its process.
        Set(pod with { Phase = _random.Next(4) == 0 ? PodPhase.Running : PodPhase.Failed, End = end });
    }

    /// <summary>What the processes do: rounds close while the aggregator and a quorum of clients run.</summary>
    private void Work()
    {
        if (Ledger.Plan is null)
            return;
        var running = _pods.Values.Where(p => p is { Phase: PodPhase.Running, End: null, Terminating: false }).ToList();
        var closed = Ledger.Progress?.Closed?.Number ?? 0;
        var target = Math.Max(Ledger.Plan.Rounds, Ledger.Control.Rounds ?? 0);
        var isOver = Ledger.Control.Ended is not null || Ledger.Failure is not null || closed >= target;
        if (isOver)
        {
            foreach (var pod in running.Where(_ => _random.Next(3) == 0))
                Set(pod with { Phase = PodPhase.Succeeded, End = new PodEnd(PodFailure.Completed, 0, "done", IsDisruption: false) });
            return;
        }
        var here = s_clients.Where(c => running.Any(p => p.Process == c)).ToList();
        if (!running.Any(p => p.Process == JobProcesses.AggregatorName) || Ledger.Control.Suspended)
            return;
        var awaited = s_clients.Except(Ledger.Control.Lost, StringComparer.Ordinal).Except(here, StringComparer.Ordinal).ToList();
        _unchanged = awaited.Count == 0 || here.Count == 0 ? 0 : _unchanged + 1;
        if (here.Count >= 2 && (awaited.Count == 0 || _unchanged > 20))
        {
            closed++;
            _unchanged = 0;
        }
        else if (s_clients.Length - Ledger.Control.Lost.Count < 2)
        {
            Ledger = Ledger with { Ended = true, Failure = new Failure("BelowQuorum", "too few are left") };
        }
        Ledger = Ledger with
        {
            Ended = Ledger.Ended || closed >= target,
            Progress = new ProgressDocument
            {
                State = closed >= target ? JobState.Complete : closed == 0 ? JobState.WaitingForClients : JobState.Running,
                Target = target,
                Round = new RoundKey(closed + 1, RoundKind.Train),
                Closed = closed == 0 ? null : new RoundKey(closed, RoundKind.Train),
                WaitingFor = awaited,
            },
        };
    }

    private void Set(ObservedPod pod)
    {
        _pods[pod.Name] = pod;
        HasNews = true;
        if (pod.End is not null)
            End(pod);
        Check();
    }

    private void Remove(ObservedPod pod)
    {
        _pods.Remove(pod.Name);
        End(pod);
        HasNews = true;
    }

    private void End(ObservedPod pod)
    {
        if (!_deleted.Contains(pod.Uid))
            Ended.Add($"{pod.Name} {pod.Uid}");
    }
}
