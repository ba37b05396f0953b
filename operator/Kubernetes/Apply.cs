using FedOperator.Core.Api;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Metrics;
using k8s;

namespace FedOperator.Operator.Kubernetes;

/// <summary>What came of a plan.</summary>
/// <param name="Refused">What the API server said no to, in words: the next pass tells it in the status.</param>
/// <param name="OutOfDate">What was observed is no longer so.</param>
internal sealed record Applied(string? Refused, bool OutOfDate);

/// <summary>Does what a plan says, in its order. Each step may be the last one before a crash: the next pass goes on from what it then observes.</summary>
/// <param name="client">The API server's.</param>
/// <param name="caches">Told of what was written, before the watches tell.</param>
/// <param name="ledgers">The jobs' ledgers.</param>
/// <param name="events">Told last.</param>
/// <param name="metrics">Counts what statuses say, once they are written.</param>
/// <param name="settings">The operator's.</param>
/// <param name="time">For credentials that have to be made again.</param>
internal sealed class Apply(IKubernetes client, Caches caches, Ledgers.Ledgers ledgers, EventRecorder events, DomainMetrics metrics, OperatorSettings settings, TimeProvider time)
{
    private readonly JobWrites _jobs = new(client);
    private readonly SecretWrites _secrets = new(client);
    private readonly PodWrites _pods = new(client, caches.Assume, settings.KubeApiParallelism);

    /// <summary>Does it.</summary>
    /// <param name="job">As cached when it was observed.</param>
    /// <param name="observed">What the plan was made from.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <exception cref="Ledgers.LedgerAccessException">The storage refused.</exception>
    public async Task<Applied> ApplyAsync(JobObject job, ObservedJob observed, JobPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Finalizer == FinalizerChange.Add)
            job = Known(await _jobs.AddFinalizerAsync(job, cancellationToken).ConfigureAwait(false));
        if (plan.Publish is { } publish)
            await ledgers.PublishAsync(job.Key, job.Uid, Spec(observed), publish, cancellationToken).ConfigureAwait(false);
        // A plan made from hints that are not there any more is not carried on.
        if (plan.Control is { } control && !await ledgers.ControlAsync(job.Key, job.Uid, Spec(observed), control, cancellationToken).ConfigureAwait(false))
            return new Applied(Refused: observed.Unapplied, OutOfDate: true);
        plan = await WithSecretsAsync(observed, plan, cancellationToken).ConfigureAwait(false);
        var secretRefused = (string?)null;
        if (plan.CredentialsUntil is { } until)
        {
            (var signedBy, secretRefused) = await IssueAsync(job, observed, plan, until, cancellationToken).ConfigureAwait(false);
            plan = secretRefused is null
                ? plan with { Status = plan.Status with { CredentialsKey = signedBy } }
                : plan with { Status = plan.Status with { CredentialsExpire = observed.Status.CredentialsExpire, CredentialsKey = observed.Status.CredentialsKey }, Create = [] };
        }

        var written = await _jobs.WriteStatusAsync(job, observed.Status, plan.Status, cancellationToken).ConfigureAwait(false);
        if (!ReferenceEquals(written, job))
            metrics.Written(observed, plan);
        job = Known(written);
        try
        {
            await _pods.DeleteAsync(job.Key.Namespace, plan.Delete, cancellationToken).ConfigureAwait(false);
            var created = await _pods.CreateAsync(job.Uid, plan.Create, cancellationToken).ConfigureAwait(false);
            if (plan.DeleteBlobs)
                await ledgers.DeleteAsync(job.Key, job.Uid, Spec(observed), cancellationToken).ConfigureAwait(false);
            if (plan.Finalizer == FinalizerChange.Remove)
                _ = Known(await _jobs.RemoveFinalizerAsync(job, cancellationToken).ConfigureAwait(false));
            if (plan.DeleteJob)
                await _jobs.DeleteAsync(job, cancellationToken).ConfigureAwait(false);
            return new Applied(secretRefused ?? created.Refused, created.OutOfDate);
        }
        finally
        {
            // The status has changed already: if not now, these would never be told.
            await events.TellAsync(job, plan.Events, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Drops what is remembered of a job that is gone.</summary>
    public void Forget(string uid) => events.Forget(uid);

    /// <summary>Somebody may have deleted the Secret that the new pods need: it is made again.</summary>
    private async Task<JobPlan> WithSecretsAsync(ObservedJob observed, JobPlan plan, CancellationToken cancellationToken)
    {
        // With the storage out of reach nothing can be issued: the status is to say so, and the pods wait.
        if (observed.Ledger.Trouble is not null && plan.Create.Count > 0)
            return await _secrets.ExistForAsync(plan.Create, cancellationToken).ConfigureAwait(false) ? plan : plan with { Create = [] };
        if (plan.CredentialsUntil is not null || plan.Create.Count == 0 || await _secrets.ExistForAsync(plan.Create, cancellationToken).ConfigureAwait(false))
            return plan;
        var until = time.GetUtcNow() + settings.CredentialLifetime;
        return plan with { CredentialsUntil = until, Status = plan.Status with { CredentialsExpire = until } };
    }

    private async Task<(string? SignedBy, string? Refused)> IssueAsync(JobObject job, ObservedJob observed, JobPlan plan, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var governing = observed.Ledger.Plan ?? plan.Publish ?? throw new InvalidOperationException($"{job.Key}: credentials were planned without a plan of the job");
        var issued = await ledgers.IssueAsync(job.Key, job.Uid, Spec(observed), governing, until, cancellationToken).ConfigureAwait(false);
        var refused = await _secrets.PutAsync(job.Uid, Secrets.For(job.Key, job.Uid, Spec(observed), issued), cancellationToken).ConfigureAwait(false);
        if (refused is null)
            metrics.CredentialsIssued();
        return (issued.SigningKey, refused);
    }

    private JobObject Known(JobObject job)
    {
        caches.Assume(job);
        return job;
    }

    private static FederatedJob Spec(ObservedJob observed) => observed.Spec.Job ?? throw new InvalidOperationException($"{observed.Key}: a plan without a spec touches the ledger");
}
