using FedOperator.Core.Ledger;
using Prometheus;

namespace FedOperator.Trainer.Metrics;

/// <summary>BatchNorm drift: how far each client's moments are from the merged ones, by its layer that is furthest.</summary>
/// <remarks>A series per client in a job of up to 100; in larger ones the ten largest. Who is no longer among them has no series any more.</remarks>
internal sealed class DriftGauges
{
    private const int AllUpTo = 100;
    private const int LargestOf = 10;

    private readonly int _shown;
    private readonly Gauge _clients;
    private readonly Gauge _largest;

    /// <summary>Makes the metrics.</summary>
    /// <param name="metrics">Where.</param>
    /// <param name="clients">Clients of the job.</param>
    public DriftGauges(MetricFactory metrics, int clients)
    {
        _shown = clients <= AllUpTo ? AllUpTo : LargestOf;
        _clients = metrics.CreateGauge("federatedjob_aggregator_bn_drift", "Symmetric KL divergence between a client's BatchNorm moments and the merged ones, in nats: of its layer that is furthest.", ["client"]);
        _largest = metrics.CreateGauge("federatedjob_aggregator_bn_drift_largest", "The largest BatchNorm drift of any client in the newest round, in nats.", new GaugeConfiguration { SuppressInitialValue = true });
    }

    /// <summary>Shows a round's drift. A round that merged no moments changes nothing.</summary>
    public void Show(RoundMetrics round)
    {
        if (round.LargestDrift() is not { } largest)
            return;
        _largest.Set(largest.Divergence);
        var shown = round.Clients.Where(c => c.Drift is { Count: > 0 }).Select(c => (c.Client, Drift: c.Drift!.Values.Max()))
            .OrderByDescending(c => c.Drift).ThenBy(c => c.Client, StringComparer.Ordinal).Take(_shown).ToList();
        foreach (var gone in _clients.GetAllLabelValues().Where(l => !shown.Exists(s => s.Client == l[0])).ToList())
            _clients.RemoveLabelled(gone);
        foreach (var (client, drift) in shown)
            _clients.WithLabels(client).Set(drift);
    }
}
