using System.Globalization;
using k8s;

namespace FedOperator.Bench.Scale;

/// <summary>`bench operator`: how fast the operator makes what many jobs need, beside a bare loop that makes the same; what that costs; and how long a restarted one takes to be idle.</summary>
/// <remarks>
/// In turns on one API server, so that a growing etcd and a busy machine hit both alike: half of the loop's objects, all of the operator's, the other half of the loop's. The jobs are there before any clock starts, for both.
/// </remarks>
internal static class OperatorBench
{
    private static readonly TimeSpan s_unexplained = TimeSpan.FromSeconds(150);

    /// <summary>Measures, and writes a result.</summary>
    /// <param name="options">How large.</param>
    /// <param name="result">Name of the file in bench/results; null: a run for a look, which is only shown.</param>
    /// <param name="cancellationToken">Ends it; everything that was started is stopped, and nothing is left.</param>
    public static async Task RunAsync(ScaleOptions options, string? result, CancellationToken cancellationToken)
    {
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        Progress.Say($"publishing the operator as its image has it; load average {load}");
        var program = await OperatorStart.PublishAsync(cancellationToken);
        Progress.Say("starting etcd, kube-apiserver and kube-controller-manager");
        await using var plane = await ControlPlane.StartAsync(cancellationToken);
        using var client = plane.Connect();
        var rows = await MeasureAsync(options, plane, new OperatorStart(program, plane), client, cancellationToken);
        BenchResult.Write(result, rows, string.Create(CultureInfo.InvariantCulture, $"at the start {load}; {options.Jobs} jobs of {options.Clients} clients, {options.Objects} objects"));
    }

    private static async Task<IReadOnlyList<BenchRow>> MeasureAsync(ScaleOptions options, ControlPlane plane, OperatorStart start, IKubernetes client, CancellationToken cancellationToken)
    {
        var (ours, bare, warm) = (new JobSet(client, OperatorStart.Namespace), new JobSet(client, "bare"), new JobSet(client, "warm"));
        Progress.Say($"creating {options.Jobs} jobs for the operator, and as many for the bare loop");
        await warm.CreateAsync(Math.Max(1, options.Jobs / 20), options.Clients, cancellationToken);
        await ours.CreateAsync(options.Jobs, options.Clients, cancellationToken);
        await bare.CreateAsync(options.Jobs, options.Clients, cancellationToken);

        await BareLoop.RunAsync("warming up", plane, client, await warm.ListAsync(cancellationToken), cancellationToken);
        var jobs = await bare.ListAsync(cancellationToken);
        var loop = await BareLoop.RunAsync("bare loop, first half", plane, client, jobs.Take(jobs.Count / 2), cancellationToken);
        Creation creation;
        await using (var first = start.Start())
        {
            creation = await Creation.MeasureAsync(first, plane, ours, options, cancellationToken);
            // No node takes these pods, and jobs say so once that has lasted for two minutes: this operator is to say it, so that the next one has nothing to write.
            Progress.Say(string.Create(CultureInfo.InvariantCulture, $"waiting {s_unexplained.TotalSeconds:0} s, until all jobs have told that no pod starts"));
            await Task.Delay(s_unexplained, cancellationToken);
        }
        loop += await BareLoop.RunAsync("bare loop, second half", plane, client, jobs.Skip(jobs.Count / 2), cancellationToken);
        await BareLoop.AssertSameAsync(ours, bare, cancellationToken);

        Progress.Say("the operator was killed; starting it again");
        await using var second = start.Start();
        var restart = await Restart.MeasureAsync(second, options, cancellationToken);
        return
        [
            BenchRow.Beside("objectsPerSecond", "1/s", options.Objects / creation.Took.TotalSeconds, "bare loop: same objects, same parallelism", loop.Rate).WithGoal("ratio at least 0.8", r => r.Ratio >= 0.8),
            BenchRow.Beside("... processor time of all for an object", "ms", (creation.PlaneTime + creation.ProcessorTime).TotalMilliseconds / options.Objects, "bare loop", (loop.PlaneTime + loop.ProcessorTime).TotalMilliseconds / loop.Objects),
            BenchRow.Beside("... of that the control plane's", "ms", creation.PlaneTime.TotalMilliseconds / options.Objects, "bare loop", loop.PlaneTime.TotalMilliseconds / loop.Objects),
            Row("... its process's start to its first object", "s", creation.First.TotalSeconds),
            Row("reconcileP99Milliseconds", "ms", restart.Quantile(0.99).TotalMilliseconds).WithGoal("under 100 ms", r => r.Value < 100),
            Row("... median", "ms", restart.Quantile(0.5).TotalMilliseconds),
            Row("... passes", "", restart.Passes),
            Row("rssMegabytes", "MB", Math.Max(creation.PeakMemory, restart.PeakMemory) / 1e6).WithGoal("under 200 MB", r => r.Value < 200),
            Row("... of the one that was started again", "MB", restart.PeakMemory / 1e6),
            BenchRow.Beside("requestsPerJob", "", creation.Requests.Values.Sum() / options.Jobs, "KubeEdge Sedna (given)", 26).WithGoal("fewer than the peer's", r => r.Ratio < 1),
            .. creation.Requests.Select(r => Row($"... {r.Key}", "", r.Value / options.Jobs)),
            Row("restartToIdleSeconds", "s", restart.Idle.TotalSeconds),
            Row("... until it has the dead one's lease, and has listed all", "s", restart.Working.TotalSeconds),
        ];
    }

    private static BenchRow Row(string name, string unit, double value) => new(name, unit, Math.Round(value, 3));
}
