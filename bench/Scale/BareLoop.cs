using System.Diagnostics;
using System.Globalization;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Kubernetes;
using k8s;
using k8s.Models;

namespace FedOperator.Bench.Scale;

/// <summary>The peer: creates pods, and does nothing else. They are the operator's, for jobs in a namespace that no operator serves; made before the clock starts.</summary>
internal static class BareLoop
{
    /// <summary>Creates all pods of these jobs.</summary>
    public static async Task<Loop> RunAsync(string what, ControlPlane plane, IKubernetes client, IEnumerable<JobObject> jobs, CancellationToken cancellationToken)
    {
        List<V1Pod> pods = [.. jobs.SelectMany(Pods)];
        var options = new ParallelOptions { MaxDegreeOfParallelism = ScaleOptions.Parallelism, CancellationToken = cancellationToken };
        var (own, control) = (Environment.CpuUsage.TotalTime, plane.ProcessorTime());
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(pods, options, async (pod, token) =>
            await client.CoreV1.CreateNamespacedPodAsync(body: pod, namespaceParameter: pod.Metadata.NamespaceProperty, fieldManager: JobWrites.FieldManager, cancellationToken: token));
        var took = clock.Elapsed;
        Progress.Say(string.Create(CultureInfo.InvariantCulture, $"{what}: {pods.Count} pods in {took.TotalSeconds:0.0} s, {pods.Count / took.TotalSeconds:0} a second"));
        return new Loop(pods.Count, took, Environment.CpuUsage.TotalTime - own, plane.ProcessorTime() - control);
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

    private static IEnumerable<V1Pod> Pods(JobObject job)
    {
        var settings = new OperatorSettings { TrainerImage = ScaleOptions.Image, Namespaces = [job.Key.Namespace], StorageClaim = ScaleOptions.Claim };
        var manifest = job.Read().Job ?? throw new InvalidOperationException($"{job.Key} is not valid");
        var pods = new JobPods(job.Key, job.Uid, manifest, Planning.Resolve(manifest, JobId.Cluster(job.Uid)), settings);
        return pods.Processes.Select(process => pods.Pod(process, attempt: 0)!);
    }

    // Beside what the API server and the job's uid make different.
    private static string Text(V1Pod pod)
    {
        var uid = pod.Metadata.OwnerReferences.Single().Uid;
        return KubernetesJson.Serialize(pod.Spec).Replace(JobId.Cluster(uid), "ID", StringComparison.Ordinal) + KubernetesJson.Serialize(pod.Metadata.Labels);
    }
}

/// <summary>What a bare loop took.</summary>
/// <param name="Pods">That it created.</param>
/// <param name="Took">From its first request to its last answer.</param>
/// <param name="ProcessorTime">Of its process.</param>
/// <param name="PlaneTime">Of the control plane.</param>
internal sealed record Loop(int Pods, TimeSpan Took, TimeSpan ProcessorTime, TimeSpan PlaneTime)
{
    /// <summary>Both together.</summary>
    public static Loop operator +(Loop a, Loop b) => new(a.Pods + b.Pods, a.Took + b.Took, a.ProcessorTime + b.ProcessorTime, a.PlaneTime + b.PlaneTime);

    /// <summary>Pods a second.</summary>
    public double Rate => Pods / Took.TotalSeconds;
}
