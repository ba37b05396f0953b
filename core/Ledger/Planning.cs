using FedOperator.Core.Api;

namespace FedOperator.Core.Ledger;

/// <summary>From a valid job to its plan.</summary>
public static class Planning
{
    /// <summary>Local steps of a round where the job names neither steps nor epochs.</summary>
    public const int DefaultLocalSteps = 10;

    /// <summary>Clipping of clients with gradient statistics, where the job names none for them or for the server.</summary>
    public const double ClipNormOfGradientStatistics = 1;

    /// <summary>Expands the groups, numbers the shards, fills in what has no fixed default, and names the whole by its hash.</summary>
    /// <param name="job">A valid job.</param>
    /// <param name="jobId">Names the job's containers; not part of the hash.</param>
    /// <param name="scheduleRounds">Where the schedule ends unless the job says so; absent: at `rounds`. A job that grows gives the number of its first plan.</param>
    public static Plan Resolve(FederatedJob job, string jobId, int? scheduleRounds = null)
    {
        var spec = job.Spec;
        var training = spec.Training with
        {
            LocalSteps = spec.Training.LocalSteps ?? (spec.Training.LocalEpochs is null ? DefaultLocalSteps : null),
            // Gradient statistics lag behind the weights, and without clipping that feeds back (docs/normalization.md).
            ClipNorm = spec.Training.ClipNorm ?? (spec.Normalization.HasGradientStatistics() && spec.Aggregation.ClipNorm is null ? ClipNormOfGradientStatistics : null),
            Schedule = spec.Training.Schedule with { Rounds = spec.Training.Schedule.Rounds ?? scheduleRounds ?? spec.Rounds },
        };
        var plan = new Plan
        {
            Job = jobId,
            Hash = "",
            Rounds = spec.Rounds,
            Seed = spec.Seed,
            Clients = Clients(spec),
            // Where the volume comes from is for pods alone.
            Model = spec.Model with { Width = spec.Model.Channels(), InitialCheckpoint = spec.Model.InitialCheckpoint is { } initial ? initial with { Volume = null } : null },
            Training = training,
            Normalization = spec.Normalization.Said(),
            Personalization = spec.Personalization,
            Aggregation = spec.Aggregation,
            Evaluation = spec.Evaluation,
            Participation = spec.Participation,
            StartupDeadlineSeconds = spec.StartupDeadlineSeconds,
            Retention = spec.Storage.Retention,
        };
        return plan with { Hash = PlanHash.Of(plan) };
    }

    private static IReadOnlyList<PlannedClient> Clients(FederatedJobSpec spec) =>
        [.. DataSets.Of(spec)
            .SelectMany(set => set.Clients.Select((client, shard) => new PlannedClient(
                client.Name,
                spec.Clients[client.Group].Required,
                set.Data.Format,
                // A data set of one's own is not shared, however it would be.
                set.Clients.Count == 1 ? new PartitionSpec() : set.Data.Partition,
                shard,
                set.Clients.Count,
                spec.Clients[client.Group].External,
                set.Data.Pixels)))
            .OrderBy(client => client.Name, StringComparer.Ordinal)];
}
