using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;

namespace FedOperator.Trainer.Aggregation;

/// <summary>The BatchNorm statistics of a round: the clients' moments merged, and what they make of the running statistics.</summary>
/// <remarks>
/// Mean and M2 of all clients' values by the law of total variance (<see cref="Moments.Merge"/>), in client-name order, in fp64; variance M2 / count, biased. Gradient statistics are
/// means over the same values, weighted by count. new = (1 - m) old + m merged, rounded once. Neither client weights nor the server optimizer have a part in it.
/// </remarks>
internal sealed class StatisticsMerge
{
    private readonly List<SortedDictionary<string, LayerMoments>> _clients;
    private readonly UpdateFiles _updates;

    private StatisticsMerge(UpdateFiles updates, List<SortedDictionary<string, LayerMoments>> clients) => (_updates, _clients) = (updates, clients);

    /// <summary>Reads every client's moments: small, so all are held at once.</summary>
    public static async Task<StatisticsMerge> ReadAsync(UpdateFiles updates, UpdateShape shape, CancellationToken cancellationToken)
    {
        var clients = new List<SortedDictionary<string, LayerMoments>>();
        var tensors = shape.StatisticsTensors;
        var part = new byte[shape.DataLength - shape.StatisticsOffset];
        for (var client = 0; client < updates.Count; client++)
        {
            await updates.ReadAsync(client, shape.StatisticsOffset, part, cancellationToken);
            clients.Add(LayerMoments.Parse(part, tensors));
            if (clients[^1].FirstOrDefault(l => l.Value.Implausibility() is not null) is { Value: { } wrong, Key: var layer })
                throw new InvalidDataException($"client '{updates[client].Client}', layer '{layer}': {wrong.Implausibility()}");
        }
        return new StatisticsMerge(updates, clients);
    }

    /// <summary>The new bytes of every statistic that changes, by tensor.</summary>
    public async Task<Dictionary<string, byte[]>> ApplyAsync(SafetensorsReader start, ModelLayout model, double momentum, CancellationToken cancellationToken)
    {
        var changed = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var tensor in model.Tensors.Where(t => t.Role == TensorRole.BnStatistic && t.Placement == TensorPlacement.Shared && _clients[0].ContainsKey(t.Layer)))
        {
            if (Merged(tensor) is not { } merged)
                continue;
            var old = await start.ReadAllAsync(start[tensor.Name], cancellationToken);
            if (merged.Length != old.Length / tensor.DType.Size())
                throw new SafetensorsException(start.File, tensor.Name, $"{old.Length / tensor.DType.Size()} channels, the updates have {merged.Length}");
            // with momentum 1 the old value has no part, not even if it is not finite
            for (var channel = 0; channel < merged.Length && momentum != 1; channel++)
                merged[channel] = ((1 - momentum) * Elements.Get(tensor.DType, old, channel)) + (momentum * merged[channel]);
            Elements.Narrow(tensor.DType, merged, old);
            changed.Add(tensor.Name, old);
        }
        return changed;
    }

    /// <summary>Each client's distance from the merged moments.</summary>
    public IReadOnlyList<ClientDrift> Drift(IReadOnlyList<string> layers)
    {
        var merged = layers.Where(_clients[0].ContainsKey).ToDictionary(l => l, MergedMoments, StringComparer.Ordinal);
        if (merged.Count == 0)
            return [];
        return [.. _clients.Select((client, i) =>
        {
            var drifts = layers.Where(merged.ContainsKey).Select(l => new LayerDrift(l, BnDrift.Of(client[l], merged[l]))).ToList();
            return new ClientDrift(_updates[i].Client, drifts.Max(d => d.Divergence), drifts);
        })];
    }

    private double[]? Merged(TensorEntry tensor) => tensor.Statistic switch
    {
        BnStatistic.Mean => [.. MergedMoments(tensor.Layer).Select(m => m.Mean)],
        BnStatistic.Variance => [.. MergedMoments(tensor.Layer).Select(m => m.Variance)],
        BnStatistic.GradientMean => WeightedByCount(tensor.Layer, m => m.GradientMean),
        BnStatistic.GradientProduct => WeightedByCount(tensor.Layer, m => m.GradientProduct),
        _ => throw new InvalidDataException($"tensor '{tensor.Name}' is a statistic of no kind"),
    };

    private Moments[] MergedMoments(string layer)
    {
        var merged = new Moments[_clients[0][layer].Mean.Length];
        foreach (var client in _clients.Select(c => c[layer]))
        {
            for (var channel = 0; channel < merged.Length; channel++)
                merged[channel] = Moments.Merge(merged[channel], new Moments(client.Count, client.Mean[channel], client.M2[channel]));
        }
        return merged;
    }

    private double[]? WeightedByCount(string layer, Func<LayerMoments, double[]?> select)
    {
        if (select(_clients[0][layer]) is not { } first)
            return null;
        var total = _clients.Sum(c => c[layer].Count);
        var merged = new double[first.Length];
        foreach (var client in _clients.Select(c => c[layer]))
        {
            for (var channel = 0; channel < merged.Length; channel++)
                merged[channel] = Math.FusedMultiplyAdd(select(client)![channel], client.Count / total, merged[channel]);
        }
        return merged;
    }
}
