using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Data;

/// <summary>What augmentation makes of one image.</summary>
/// <param name="Down">By how many rows its window lies below its own place; negative: above. What is outside of the image is black.</param>
/// <param name="Right">The same for columns.</param>
/// <param name="Mirrored">Left to right, after that.</param>
public readonly record struct ImageChange(int Down, int Right, bool Mirrored);

/// <summary>The random crops and flips of one train round of a client: a function of (seed, client, round, place in the round's sequence of samples), so that an image seen twice gets two draws.</summary>
public sealed class Augmentation
{
    private readonly AugmentationSpec _spec;
    private readonly Func<long, Draws> _draws;

    private Augmentation(AugmentationSpec spec, Func<long, Draws> draws)
    {
        (_spec, _draws) = (spec, draws);
    }

    /// <summary>The changes of a round; null where the plan asks for none.</summary>
    /// <param name="plan">Seed and augmentation.</param>
    /// <param name="client">The client's name.</param>
    /// <param name="round">The train round.</param>
    /// <param name="purpose">Keys the draws: a phase of the round with batches of its own has augmentation of its own.</param>
    public static Augmentation? Of(Plan plan, string client, int round, string purpose = "augmentation") => plan.Training.Augmentation is { } spec && (spec.Crop > 0 || spec.Flip)
        ? new Augmentation(spec, place => new Draws(plan.Seed, purpose, client, round, place))
        : null;

    /// <summary>The change of the sample at a place in the round's sequence.</summary>
    /// <param name="place">From 0, over all batches of the round.</param>
    public ImageChange At(long place)
    {
        var draws = _draws(place);
        // Three draws whatever is asked for: flips are the same with and without crops.
        var (down, right) = (draws.Below((2 * _spec.Crop) + 1) - _spec.Crop, draws.Below((2 * _spec.Crop) + 1) - _spec.Crop);
        return new ImageChange(down, right, draws.Below(2) == 1 && _spec.Flip);
    }
}
