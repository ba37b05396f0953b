using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>Where a job's result lies: an address without any credential, or a path in the claim.</summary>
internal static class Results
{
    /// <summary>The result so far; null before the first checkpoint.</summary>
    public static JobResult? Of(Pass pass, Plan? plan)
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

    private static string Address(StorageSpec storage, Plan plan, BlobReference blob)
    {
        var path = $"{LedgerPaths.GlobalContainer(plan.Job)}/{blob.Name}";
        return storage.AzureBlob is { } account ? $"{account.AccountUrl.TrimEnd('/')}/{path}" : path;
    }
}
