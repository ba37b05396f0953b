using FedOperator.Operator.Jobs;
using FedOperator.Operator.Metrics;
using Microsoft.Extensions.Logging;

namespace FedOperator.Operator.Kubernetes;

/// <summary>Takes jobs from the queue, and makes a pass over each; several at a time, never two over the same job.</summary>
/// <param name="queue">Of jobs.</param>
/// <param name="reconciler">Makes the passes.</param>
/// <param name="metrics">Counts them.</param>
/// <param name="count">At the same time.</param>
/// <param name="time">For durations.</param>
/// <param name="log">The one place where faults of passes are told.</param>
internal sealed partial class Workers(WorkQueue<JobKey> queue, Reconciler reconciler, ControllerMetrics metrics, int count, TimeProvider time, ILogger<Workers> log)
{
    /// <summary>A pass that takes longer is given up, and made again.</summary>
    public static readonly TimeSpan LongestPass = TimeSpan.FromMinutes(5);

    /// <summary>Works until the queue is shut down; passes under way go on to their end.</summary>
    /// <param name="giveUp">Passes under way are given up as well.</param>
    public Task RunAsync(CancellationToken giveUp)
    {
        metrics.Workers(count);
        return Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() => WorkAsync(giveUp), CancellationToken.None)));
    }

    private async Task WorkAsync(CancellationToken giveUp)
    {
        while (await queue.TakeAsync(giveUp).ConfigureAwait(false) is { } taken)
        {
            try
            {
                await PassAsync(taken.Key, taken.Waited, giveUp).ConfigureAwait(false);
            }
            finally
            {
                queue.Done(taken.Key);
            }
        }
    }

    private async Task PassAsync(JobKey key, TimeSpan waited, CancellationToken giveUp)
    {
        var started = time.GetTimestamp();
        metrics.PassBegins(waited);
        string? label = "error";
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        timeout.CancelAfter(LongestPass);
        try
        {
            label = Queue(key, await reconciler.ReconcileAsync(key, timeout.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            // Whoever works next goes on from what is there: no fault, and no retry of this process.
            label = null;
        }
        catch (Exception e)
        {
            LogFault(log, key, e);
            queue.AddFailed(key);
        }
        finally
        {
            metrics.PassEnded(label, time.GetElapsedTime(started));
        }
    }

    /// <returns>The result's name among controller-runtime's.</returns>
    private string Queue(JobKey key, PassResult result)
    {
        switch (result)
        {
            case PassResult.RequeueAfter(var wait):
                queue.Forget(key);
                queue.AddAfter(key, wait);
                return "requeue_after";
            case PassResult.Failed(var why):
                LogAgain(log, key, why);
                queue.AddFailed(key);
                return "requeue";
            default:
                queue.Forget(key);
                return "success";
        }
    }

    [LoggerMessage(101, LogLevel.Error, "{Job}: the pass failed, and is made again later")]
    private static partial void LogFault(ILogger log, JobKey job, Exception exception);

    [LoggerMessage(102, LogLevel.Information, "{Job}: again later: {Why}")]
    private static partial void LogAgain(ILogger log, JobKey job, string why);
}
