using System.Globalization;

namespace FedOperator.Bench.Scale;

/// <summary>An operator makes all that its jobs need.</summary>
/// <param name="Took">From the start of its process to the last object.</param>
/// <param name="FirstPod">From the start of its process to the first one.</param>
/// <param name="ProcessorTime">Of its process, until the last object.</param>
/// <param name="PlaneTime">Processor time of the control plane in that time.</param>
/// <param name="PeakMemory">Of its process, in bytes.</param>
/// <param name="Requests">To the API server, by method, until it was idle: all of them, its lists, watches and lease included.</param>
internal sealed record Creation(TimeSpan Took, TimeSpan First, TimeSpan ProcessorTime, TimeSpan PlaneTime, double PeakMemory, IReadOnlyDictionary<string, double> Requests)
{
    private static readonly TimeSpan s_stall = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_tell = TimeSpan.FromSeconds(5);

    /// <summary>Measures it.</summary>
    /// <exception cref="TimeoutException">Nothing came for a minute.</exception>
    public static async Task<Creation> MeasureAsync(OperatorProcess process, ControlPlane control, JobSet set, ScaleOptions options, CancellationToken cancellationToken)
    {
        var before = control.ProcessorTime();
        var (there, changed, told) = (0, TimeSpan.Zero, TimeSpan.Zero);
        TimeSpan? first = null;
        while (there < options.Objects)
        {
            var (pods, events) = await set.CountAsync(cancellationToken);
            var now = Math.Min(pods, options.Pods) + Math.Min(events, options.Jobs);
            var at = process.Clock.Elapsed;
            if (now > 0)
                first ??= at;
            if (now != there)
                (there, changed) = (now, at);
            else if (at - changed > s_stall)
                throw new TimeoutException($"for a minute nothing was added to {there} of {options.Objects} objects\n{process.Log()}");
            if (at - told > s_tell)
            {
                told = at;
                Progress.Say(string.Create(CultureInfo.InvariantCulture, $"operator: {there} of {options.Objects} objects after {at.TotalSeconds:0.0} s"));
            }
            // Counting costs the API server something: more often only towards the end.
            var left = there == 0 ? TimeSpan.Zero : at * ((double)(options.Objects - there) / there);
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(left.TotalMilliseconds / 3, 100, 2000)), cancellationToken);
        }
        var (own, plane) = (process.ProcessorTime(), control.ProcessorTime() - before);
        Progress.Say(string.Create(CultureInfo.InvariantCulture, $"operator: {there} objects in {changed.TotalSeconds:0.0} s, {there / changed.TotalSeconds:0} a second; the first after {first!.Value.TotalSeconds:0.0} s"));
        var metrics = await IdleAsync(process, options, cancellationToken);
        var requests = ((string[])["POST", "PATCH", "PUT", "DELETE", "GET"]).ToDictionary(m => m, m => metrics.Sum(OperatorProcess.Requests, $"method=\"{m}\""), StringComparer.Ordinal);
        return new Creation(changed, first.Value, own, plane, process.PeakMemory(), requests);
    }

    /// <summary>Waits until nothing waits for a pass, and nothing was written for two seconds.</summary>
    private static async Task<Scrape> IdleAsync(OperatorProcess process, ScaleOptions options, CancellationToken cancellationToken)
    {
        var before = -1.0;
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
            if (await process.ScrapeAsync(cancellationToken) is { } metrics && metrics.IsIdle(options.Jobs))
            {
                var writes = metrics.Writes();
                if (writes == before)
                    return metrics;
                before = writes;
            }
        }
    }
}
