using System.Globalization;

namespace FedOperator.Bench.Scale;

/// <summary>An operator comes to a cluster where all is made. It creates nothing in all its life: its passes are those that find everything as it should be.</summary>
/// <param name="Idle">From the start of its process until it has looked at each job and none waits.</param>
/// <param name="Working">Of that, until it leads and has listed everything.</param>
/// <param name="PeakMemory">Of its process, in bytes.</param>
/// <param name="Metrics">At its end.</param>
internal sealed record Restart(TimeSpan Idle, TimeSpan Working, double PeakMemory, Scrape Metrics)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(500);

    /// <summary>Its passes.</summary>
    public double Passes => Metrics.Sum(OperatorProcess.PassSeconds + "_count");

    /// <summary>Measures it.</summary>
    /// <exception cref="TimeoutException">It is not idle after two minutes.</exception>
    /// <exception cref="InvalidOperationException">It wrote something.</exception>
    public static async Task<Restart> MeasureAsync(OperatorProcess process, ScaleOptions options, CancellationToken cancellationToken)
    {
        TimeSpan? working = null;
        TimeSpan? idle = null;
        while (idle is null)
        {
            if (process.Clock.Elapsed > TimeSpan.FromMinutes(2))
                throw new TimeoutException($"the restarted operator is not idle after two minutes\n{process.Log()}");
            await Task.Delay(s_poll, cancellationToken);
            var at = process.Clock.Elapsed;
            if (await process.ScrapeAsync(cancellationToken) is not { } metrics)
                continue;
            if (metrics.IsWorking())
                working ??= at;
            if (metrics.IsIdle(options.Jobs))
                idle = at;
        }
        Progress.Say(string.Create(CultureInfo.InvariantCulture, $"operator: idle {idle.Value.TotalSeconds:0.0} s after its restart; {options.Watched.TotalSeconds:0} s more of passes that create nothing"));
        await Task.Delay(options.Watched, cancellationToken);
        var last = await process.ScrapeAsync(cancellationToken) ?? throw new InvalidOperationException($"the operator does not answer\n{process.Log()}");
        if (last.Writes() > 0)
            throw new InvalidOperationException($"the restarted operator wrote {last.Writes()} times, though there was nothing to do\n{process.Log()}");
        return new Restart(idle.Value, working ?? idle.Value, process.PeakMemory(), last);
    }

    /// <summary>A quantile of how long its passes took.</summary>
    public TimeSpan Quantile(double quantile) => TimeSpan.FromSeconds(Metrics.Quantile(OperatorProcess.PassSeconds, quantile));
}
