using System.Net;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Commands;
using FedOperator.Operator.Kubernetes;
using k8s.Autorest;

namespace FedOperator.Operator.Remote;

/// <summary>What a user asked of a cluster cannot be done: the message says why, and what to do.</summary>
internal sealed class RemoteException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Runs a command that speaks to a cluster, and says in words what went wrong.</summary>
internal static class RemoteCommand
{
    /// <summary>Runs it.</summary>
    /// <returns>Its exit code; 2 where the cluster, the job or the storage is not as it must be, 130 after ctrl-C.</returns>
    public static async Task<int> RunAsync(ClusterRequest request, TextWriter errors, Func<Cluster, Task<int>> run, CancellationToken cancellationToken)
    {
        try
        {
            using var cluster = Cluster.Connect(request);
            try
            {
                return await run(cluster).ConfigureAwait(false);
            }
            catch (Exception e) when (Words(e, cluster) is { } words && !cancellationToken.IsCancellationRequested)
            {
                throw new RemoteException(words, e);
            }
        }
        catch (RemoteException e)
        {
            await errors.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.Invalid;
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is OperationCanceledException or IOException or HttpRequestException)
        {
            return ExitCode.Stopped;
        }
    }

    private static string? Words(Exception exception, Cluster cluster) => exception switch
    {
        HttpOperationException refused => Words(ApiRefusal.Of(refused), cluster),
        HttpRequestException or TaskCanceledException => $"The API server at {cluster.Client.BaseUri} does not answer: {Innermost(exception).Message}; is the cluster up, and is this its address? Another is chosen by KUBECONFIG, --kubeconfig or --context.",
        BlobStoreException { Fault: BlobFault.Denied } denied => $"{denied.Message}; the storage refused the credential: it may have ended, or be of another job. Give one that is good by --credential.",
        BlobStoreException or LedgerException or InvalidDataException => exception.Message,
        IOException or UnauthorizedAccessException => exception.Message,
        _ => null,
    };

    private static string Words(ApiRefusal refusal, Cluster cluster) => refusal.Code switch
    {
        HttpStatusCode.Unauthorized => $"The API server at {cluster.Client.BaseUri} does not accept the kubeconfig's credential: log in anew, or choose another context.",
        HttpStatusCode.Forbidden => $"{refusal.Message}: ask the namespace's administrator for that right (verb, resource and namespace are named above), or choose another namespace with -n.",
        HttpStatusCode.NotFound when refusal.Reason.Length == 0 => "The cluster has no FederatedJobs: the operator is not installed there. Install the chart, or at least the resource: fed crd | kubectl apply -f -",
        _ => $"The API server refused: {refusal.Message}",
    };

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;
}
