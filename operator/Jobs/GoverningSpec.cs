using System.Text;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Jobs;

/// <summary>
/// The spec by which a job is run: its own. Once it has started, an edit that cannot be accepted does not stop it: the last one that could be governs meanwhile, but for `suspend`, and for blobs that are to stay.
/// And its ledger lies where it was made, whatever any spec says since.
/// </summary>
internal sealed record GoverningSpec
{
    /// <summary>The job's own spec, as written.</summary>
    public required SpecText Text { get; init; }

    /// <summary>The job's own spec, or what is wrong with it.</summary>
    public required ManifestReading Own { get; init; }

    /// <summary>The job with the spec that governs; null where no spec can be read.</summary>
    public required FederatedJob? Job { get; init; }

    /// <summary>Why its own spec cannot be accepted; empty where it is.</summary>
    public required IReadOnlyList<Problem> Refused { get; init; }

    /// <summary>What is wrong with what <see cref="Job"/> asks of its pods. Where anything is, none is created.</summary>
    public required IReadOnlyList<Problem> Problems { get; init; }

    /// <summary>Decides.</summary>
    /// <param name="text">The job's own spec.</param>
    /// <param name="status">Remembers the last one that was accepted, and where the ledger is.</param>
    /// <param name="check">What is wrong with what a job asks of its pods.</param>
    public static GoverningSpec Of(SpecText text, FederatedJobStatus status, Func<FederatedJob, IReadOnlyList<Problem>> check)
    {
        var own = text.Read();
        var job = InPlace(own.Job, status.Storage);
        // Neither the Secret that it names nor the one that is used may be shown to a pod.
        var refused = job is null ? own.Problems : ReferenceEquals(job, own.Job) ? check(job) : [.. check(own.Job!).Union(check(job))];
        // One that an earlier version accepted may break a rule that has come since: then there is nothing to go by.
        return refused.Count > 0 && status.AcceptedSpec is { } accepted && InPlace((text with { Json = Encoding.UTF8.GetBytes(accepted) }).Read().Job, status.Storage) is { } last
            ? new GoverningSpec { Text = text, Own = own, Job = Overruled(last, text), Refused = refused, Problems = check(last) }
            : new GoverningSpec { Text = text, Own = own, Job = job, Refused = refused, Problems = refused };
    }

    /// <summary>For the status: the job's own spec, where it was accepted; what was remembered before, where it was not.</summary>
    public string? Remembered(FederatedJobStatus before) => Refused.Count == 0 ? Text.Remembered : before.AcceptedSpec;

    private static FederatedJob? InPlace(FederatedJob? job, StoragePlace? place) =>
        job is null || place is null || place.IsOf(job.Spec.Storage) ? job : job with { Spec = job.Spec with { Storage = place.In(job.Spec.Storage) } };

    private static FederatedJob Overruled(FederatedJob accepted, SpecText own)
    {
        var storage = accepted.Spec.Storage;
        return accepted with
        {
            Spec = accepted.Spec with
            {
                Suspend = own.Suspend() ?? accepted.Spec.Suspend,
                Storage = own.SaysRetain() ? storage with { Retention = storage.Retention with { OnDelete = OnDelete.Retain } } : storage,
            },
        };
    }
}
