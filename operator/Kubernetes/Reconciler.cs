using System.Collections.Concurrent;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Ledgers;
using FedOperator.Operator.Metrics;
using k8s.Autorest;

namespace FedOperator.Operator.Kubernetes;

/// <summary>One pass over one job: observe, plan, apply. It depends on what is there, never on what happened.</summary>
/// <param name="caches">Jobs and pods.</param>
/// <param name="ledgers">The jobs' ledgers.</param>
/// <param name="apply">Does what is planned.</param>
/// <param name="metrics">Shows what is observed.</param>
/// <param name="settings">The operator's.</param>
/// <param name="time">For the planner.</param>
internal sealed class Reconciler(Caches caches, Ledgers.Ledgers ledgers, Apply apply, DomainMetrics metrics, OperatorSettings settings, TimeProvider time)
{
    // What the last pass over a job could not do, by the job's uid: said in the status by the next one.
    private readonly ConcurrentDictionary<string, string> _unapplied = new(StringComparer.Ordinal);

    // Uids of jobs that were there in their last pass.
    private readonly ConcurrentDictionary<JobKey, string> _known = [];

    /// <summary>Makes the pass.</summary>
    public async Task<PassResult> ReconcileAsync(JobKey key, CancellationToken cancellationToken)
    {
        var job = caches.Job(key);
        if (_known.TryGetValue(key, out var before) && before != job?.Uid)
            Forget(key, before);
        if (job is null)
            return PassResult.Ended;
        _known[key] = job.Uid;
        var observed = await ObserveAsync(job, cancellationToken).ConfigureAwait(false);
        metrics.Observed(observed);
        var plan = JobPlanner.Plan(observed, settings, time.GetUtcNow());
        try
        {
            return Next(observed, plan, await apply.ApplyAsync(job, observed, plan, cancellationToken).ConfigureAwait(false));
        }
        catch (LedgerAccessException e)
        {
            // A ledger that refuses a write is in trouble, though it could be read: planned anew, the status says so. What the first plan wrote is written, and not told or counted again.
            var known = caches.Job(key) ?? job;
            var troubled = observed with { Status = known.Status(), Ledger = observed.Ledger with { Trouble = e.Trouble } };
            var said = JobPlanner.Plan(troubled, settings, time.GetUtcNow());
            // What was refused just now is not tried again in this pass.
            if (said.DeleteBlobs)
                said = said with { DeleteBlobs = false, Finalizer = FinalizerChange.None };
            await apply.ApplyAsync(known, troubled, said, cancellationToken).ConfigureAwait(false);
            return new PassResult.Failed(e.Message);
        }
        catch (HttpOperationException e) when (ApiRefusal.Of(e) is { } refusal && (refusal.IsConflict || refusal.IsNotFound))
        {
            return new PassResult.Failed($"out of date: {refusal.Message}");
        }
    }

    private void Forget(JobKey key, string uid)
    {
        _known.TryRemove(key, out _);
        _unapplied.TryRemove(uid, out _);
        ledgers.Forget(uid);
        apply.Forget(uid);
        metrics.Forget(key);
    }

    private async Task<ObservedJob> ObserveAsync(JobObject job, CancellationToken cancellationToken)
    {
        var status = job.Status();
        var spec = GoverningSpec.Of(job.Text, status, governing => PodRequests.Check(governing, settings));
        var ledger = ObservedLedger.Unread;
        if (spec.Job is { } valid && (job.DeletionRequested is null || job.HasFinalizer))
        {
            var started = time.GetTimestamp();
            ledger = await ledgers.ObserveAsync(job.Key, job.Uid, valid, cancellationToken).ConfigureAwait(false);
            metrics.LedgerRead(time.GetElapsedTime(started));
        }
        return new ObservedJob
        {
            Key = job.Key,
            Uid = job.Uid,
            Generation = job.Generation,
            Created = job.Created,
            DeletionRequested = job.DeletionRequested,
            HasFinalizer = job.HasFinalizer,
            Status = status,
            Spec = spec,
            Pods = caches.PodsOf(job),
            Ledger = ledger,
            Unapplied = _unapplied.GetValueOrDefault(job.Uid),
        };
    }

    private PassResult Next(ObservedJob observed, JobPlan plan, Applied applied)
    {
        if (applied.Refused is { } refused)
            _unapplied[observed.Uid] = refused;
        else
            _unapplied.TryRemove(observed.Uid, out _);
        // Trouble that came or went is for the status to say, at once; trouble that stays is tried again later each time.
        if (observed.Unapplied is null != applied.Refused is null)
            return new PassResult.RequeueAfter(TimeSpan.Zero);
        if (applied.Refused is { } why)
            return new PassResult.Failed(why);
        if (applied.OutOfDate)
            return new PassResult.Failed("out of date: a pod is there that was not known, a quota's count moved, or another operator has written control.json");
        return plan.LookAgain is { } wait ? new PassResult.RequeueAfter(wait) : PassResult.Ended;
    }
}
