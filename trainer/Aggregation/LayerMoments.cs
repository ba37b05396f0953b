using System.Buffers.Binary;
using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Aggregation;

/// <summary>What one client says about one BatchNorm layer.</summary>
/// <param name="Count">Values per channel.</param>
/// <param name="Mean">Per channel.</param>
/// <param name="M2">Per channel.</param>
/// <param name="GradientMean">Per channel; null without gradient statistics.</param>
/// <param name="GradientProduct">Per channel; null without gradient statistics.</param>
internal sealed record LayerMoments(double Count, double[] Mean, double[] M2, double[]? GradientMean, double[]? GradientProduct)
{
    // means and variances beyond these leave no room for merging in a float32 model
    private const double LargestMean = 1e18, LargestVariance = 1e36;

    /// <summary>Takes the moments of the layers out of the part of an update that holds them.</summary>
    /// <param name="statistics">From the update's first statistics tensor to its end.</param>
    /// <param name="tensors">The update's statistics tensors, in order.</param>
    public static SortedDictionary<string, LayerMoments> Parse(ReadOnlySpan<byte> statistics, IReadOnlyList<UpdateTensor> tensors)
    {
        var byName = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            var values = new double[UpdateShape.Elements(tensor)];
            for (var i = 0; i < values.Length; i++)
                values[i] = BinaryPrimitives.ReadDoubleLittleEndian(statistics[(8 * i)..]);
            statistics = statistics[(8 * values.Length)..];
            byName.Add(tensor.Name, values);
        }
        var layers = new SortedDictionary<string, LayerMoments>(StringComparer.Ordinal);
        foreach (var layer in tensors.Select(t => UpdateShape.LayerOfCount(t.Name)).OfType<string>())
        {
            layers.Add(layer, new LayerMoments(
                byName[UpdateLayout.Count(layer)][0],
                byName[UpdateLayout.Mean(layer)],
                byName[UpdateLayout.M2(layer)],
                byName.GetValueOrDefault(UpdateLayout.GradientMean(layer)),
                byName.GetValueOrDefault(UpdateLayout.GradientProduct(layer))));
        }
        return layers;
    }

    /// <summary>What is wrong with them, or null. Finiteness is checked before.</summary>
    public string? Implausibility()
    {
        if (Count <= 0 || Math.Floor(Count) != Count || Count > 1L << 53)
            return $"a count of {Count:R}; a positive integer is expected";
        for (var channel = 0; channel < Mean.Length; channel++)
        {
            if (M2[channel] < 0)
                return $"M2 of channel {channel} is {M2[channel]:R}, negative";
            if (Math.Abs(Mean[channel]) > LargestMean || M2[channel] / Count > LargestVariance)
                return $"channel {channel} has mean {Mean[channel]:R} and variance {M2[channel] / Count:R}, beyond {LargestMean:R} and {LargestVariance:R}";
            if (Math.Abs(GradientMean?[channel] ?? 0) > LargestVariance || Math.Abs(GradientProduct?[channel] ?? 0) > LargestVariance)
                return $"channel {channel} has gradient statistics beyond {LargestVariance:R}";
        }
        return null;
    }
}
