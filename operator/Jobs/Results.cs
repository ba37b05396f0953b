using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>Where a job's result lies: an address without any credential, or a path in the claim.</summary>
internal static class Results
{
    /// <summary>The result so far; null before the first checkpoint.</summary>
    public static JobResult? Of(Pass pass, Findings found)
    {
        var before = pass.Before.Result;
        if ((Newest(pass, found.Plan) ?? before) is not { } result)
            return null;
        // While rounds close, states come and go.
        var stands = found.Verdict is not null || found.IsSuspended;
        return result with { Personal = stands ? Personal(pass, found.Plan) ?? before?.Personal : null };
    }

    private static JobResult? Newest(Pass pass, Plan? plan)
    {
        if (plan is null || pass.Progress is not { } progress || (progress.Result ?? progress.Checkpoint) is not { } newest)
            return null;
        return new JobResult
        {
            Checkpoint = Address(pass.Spec.Storage, plan, newest),
            Best = progress.Best is { } best ? Address(pass.Spec.Storage, plan, best.Checkpoint) : pass.Before.Result?.Best,
            Sha256 = newest.Sha256,
            Accuracy = progress.Evaluation is { Samples: > 0 } evaluated && double.IsFinite(evaluated.Accuracy()) ? Math.Round(evaluated.Accuracy(), 4) : null,
        };
    }

    /// <summary>Where each client's personal state lies; null where there are none, or they are not known.</summary>
    private static IReadOnlyList<PersonalStatePlace>? Personal(Pass pass, Plan? plan) => plan is null || pass.Ledger.Personal is not { Count: > 0 } states
        ? null
        : [.. states.Select(s => new PersonalStatePlace { Client = s.Client, State = s.IsAtHome ? LedgerPaths.State(s.Sha256) : $"{LedgerPaths.PrivateContainer(plan.Job, s.Client)}/{LedgerPaths.State(s.Sha256)}" })];

    private static string Address(StorageSpec storage, Plan plan, BlobReference blob)
    {
        var path = $"{LedgerPaths.GlobalContainer(plan.Job)}/{blob.Name}";
        return storage.AzureBlob is { } account ? $"{account.AccountUrl.TrimEnd('/')}/{path}" : path;
    }
}
