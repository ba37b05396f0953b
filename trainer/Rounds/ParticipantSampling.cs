using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Rounds;

/// <summary>Draws who takes part in a train round: a function of the seed, the round and who is here.</summary>
internal static class ParticipantSampling
{
    /// <summary>The drawn clients: `participation.perRound` of those here, rounded to the nearest, at least one.</summary>
    public static IReadOnlySet<string> Draw(Plan plan, int round, IReadOnlyList<string> here)
    {
        if (here.Count == 0)
            return new HashSet<string>();
        var count = Math.Clamp((int)Math.Round(plan.Participation.PerRound * here.Count, MidpointRounding.AwayFromZero), 1, here.Count);
        return new Draws(plan.Seed, "participants", round: round).Choose(count, here.Count).Select(i => here[i]).ToHashSet(StringComparer.Ordinal);
    }
}
