using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>Whether a job may start, and by which plan.</summary>
/// <param name="Plan">The plan that governs, written now or before; null: the job cannot start, or its plan cannot be read.</param>
/// <param name="IsNew">It is to be published in this pass.</param>
/// <param name="Obstacle">What is in the way.</param>
internal sealed record Startup(Plan? Plan, bool IsNew, Complaint? Obstacle)
{
    /// <summary>Decides.</summary>
    public static Startup Of(Pass pass)
    {
        var ledger = pass.Ledger;
        if (ledger.Plan is { } governing)
            return new Startup(governing, IsNew: false, Obstacle: null);
        if (ledger.Trouble is { } trouble)
            return new Startup(null, IsNew: false, new Complaint(trouble.Reason, trouble.Message));
        if (pass.Before.PlanHash is { } hash)
            return new Startup(null, IsNew: false, new Complaint("LedgerMissing", $"the job was started with the plan {hash[..12]}, and there is no plan.json in {StoragePlace.Of(pass.Spec.Storage)}: {(pass.Before.Storage is null ? "was spec.storage changed, or were the blobs deleted" : "were the blobs deleted")}? Restore them, or create the job anew"));
        // Like a batch Job that is created suspended, it has not started.
        return pass.Spec.Suspend
            ? new Startup(null, IsNew: false, Obstacle: null)
            : new Startup(Planning.Resolve(pass.Job, JobId.Cluster(pass.Observed.Uid)), IsNew: true, Obstacle: null);
    }

    /// <summary>When new credentials shall end; null: none are due. They are renewed long before they end, and when another key than the one that signed them is used now, without any pod being touched.</summary>
    public static DateTimeOffset? CredentialsUntil(Pass pass, Plan? plan)
    {
        if (!pass.NeedsCredentials || plan is null || pass.Ledger.Trouble is not null)
            return null;
        var isGood = pass.Before.CredentialsKey == pass.Ledger.SigningKey && pass.Before.CredentialsExpire is { } expire && expire - pass.Settings.CredentialRenewBefore > pass.Now;
        return isGood ? null : pass.Now + pass.Settings.CredentialLifetime;
    }

    /// <summary>What becomes of the finalizer: it guards blobs that go with their job, and comes before there are any.</summary>
    public static FinalizerChange Finalizer(Pass pass, Plan? plan)
    {
        var isGuarded = pass.Spec.Storage.Retention.OnDelete == OnDelete.Delete;
        if (isGuarded && plan is not null && !pass.Observed.HasFinalizer)
            return FinalizerChange.Add;
        return !isGuarded && pass.Observed.HasFinalizer ? FinalizerChange.Remove : FinalizerChange.None;
    }
}
