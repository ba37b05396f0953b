using System.Diagnostics;
using System.Globalization;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedOperator.Bench.Scale;

/// <summary>The peer: creates objects, and does nothing else. They are those that the operator's planner wants for jobs in a namespace that no operator serves; made before the clock starts.</summary>
internal static class BareLoop
{
    /// <summary>Creates the pods and events of these jobs.</summary>
    public static async Task<Loop> RunAsync(string what, ControlPlane plane, IKubernetes client, IEnumerable<JobObject> jobs, CancellationToken cancellationToken)
    {
        var recorder = new EventRecorder(client, "bare-loop", TimeProvider.System, NullLogger<EventRecorder>.Instance);
        List<Func<CancellationToken, Task>> creations = [.. jobs.SelectMany(job => Creations(client, recorder, job))];
        var options = new ParallelOptions { MaxDegreeOfParallelism = ScaleOptions.Parallelism, CancellationToken = cancellationToken };
        var (own, control) = (Environment.CpuUsage.TotalTime, plane.ProcessorTime());
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(creations, options, async (create, token) => await create(token));
        var took = clock.Elapsed;
        Progress.Say(string.Create(CultureInfo.InvariantCulture, $"{what}: {creations.Count} objects in {took.TotalSeconds:0.0} s, {creations.Count / took.TotalSeconds:0} a second"));
        return new Loop(creations.Count, took, Environment.CpuUsage.TotalTime - own, plane.ProcessorTime() - control);
    }

    /// <summary>Checks that the operator's pods and the loop's ask for the same.</summary>
    /// <exception cref="InvalidOperationException">They do not: the comparison would be worth nothing.</exception>
    public static async Task AssertSameAsync(JobSet ours, JobSet bare, CancellationToken cancellationToken)
    {
        foreach (var pod in (string[])["job-0000-aggregator-0-0", "job-0000-trainer-0-0"])
        {
            var (made, looped) = (Text(await ours.PodAsync(pod, cancellationToken)), Text(await bare.PodAsync(pod, cancellationToken)));
            if (made != looped)
                throw new InvalidOperationException($"{pod}: the operator's pod and the bare loop's differ:\n{made}\n{looped}");
        }
    }

    private static IEnumerable<Func<CancellationToken, Task>> Creations(IKubernetes client, EventRecorder recorder, JobObject job)
    {
        var settings = new OperatorSettings { TrainerImage = ScaleOptions.Image, Namespaces = [job.Key.Namespace], StorageClaim = ScaleOptions.Claim };
        var status = job.Status();
        var observed = new ObservedJob
        {
            Key = job.Key,
            Uid = job.Uid,
            Generation = job.Generation,
            Created = job.Created,
            Status = status,
            Spec = GoverningSpec.Of(job.Text, status, spec => PodRequests.Check(spec, settings)),
            Pods = [],
            Ledger = ObservedLedger.Unread,
        };
        var plan = JobPlanner.Plan(observed, settings, TimeProvider.System.GetUtcNow());
        foreach (var pod in plan.Create)
            yield return token => client.CoreV1.CreateNamespacedPodAsync(body: pod, namespaceParameter: job.Key.Namespace, fieldManager: JobWrites.FieldManager, cancellationToken: token);
        foreach (var item in plan.Events)
            yield return token => recorder.TellAsync(job, [item], token);
    }

    // Beside what the API server and the job's uid make different.
    private static string Text(V1Pod pod)
    {
        var uid = pod.Metadata.OwnerReferences.Single().Uid;
        return KubernetesJson.Serialize(pod.Spec).Replace(JobId.Cluster(uid), "ID", StringComparison.Ordinal) + KubernetesJson.Serialize(pod.Metadata.Labels);
    }
}

/// <summary>What a bare loop took.</summary>
/// <param name="Objects">That it created.</param>
/// <param name="Took">From its first request to its last answer.</param>
/// <param name="ProcessorTime">Of its process.</param>
/// <param name="PlaneTime">Of the control plane.</param>
internal sealed record Loop(int Objects, TimeSpan Took, TimeSpan ProcessorTime, TimeSpan PlaneTime)
{
    /// <summary>Both together.</summary>
    public static Loop operator +(Loop a, Loop b) => new(a.Objects + b.Objects, a.Took + b.Took, a.ProcessorTime + b.ProcessorTime, a.PlaneTime + b.PlaneTime);

    /// <summary>Objects a second.</summary>
    public double Rate => Objects / Took.TotalSeconds;
}
