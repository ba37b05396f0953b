using System.Net;
using FedOperator.Operator.Kubernetes;
using k8s.Autorest;

namespace FedOperator.Operator.Remote;

/// <summary>A job that is looked at again and again, for many that want to know.</summary>
/// <param name="cluster">Where it is.</param>
/// <param name="name">Which.</param>
/// <param name="interval">Between two looks.</param>
/// <param name="time">Measures it.</param>
internal sealed class JobView(Cluster cluster, string name, TimeSpan interval, TimeProvider time)
{
    private volatile TaskCompletionSource<RemoteJob?> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The next look; null once the job is gone.</summary>
    public Task<RemoteJob?> Next => _next.Task;

    /// <summary>Looks until cancelled, or until the job is gone. A server that is away is waited for.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(interval, time, cancellationToken).ConfigureAwait(false);
            RemoteJob? job;
            try
            {
                job = await RemoteJob.ReadAsync(cluster, name, cancellationToken).ConfigureAwait(false);
            }
            catch (RemoteException e) when (e.InnerException is HttpOperationException)
            {
                job = null;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && IsPassing(e))
            {
                continue;
            }
            var waiting = _next;
            if (job is not null)
                _next = new TaskCompletionSource<RemoteJob?>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.SetResult(job);
            if (job is null)
                return;
        }
    }

    /// <summary>Whether it may be better in a moment.</summary>
    public static bool IsPassing(Exception exception) =>
        exception is HttpRequestException or IOException or OperationCanceledException
        || (exception is HttpOperationException refused && ApiRefusal.Of(refused).Code is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError);
}
