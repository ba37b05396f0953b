using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace FedOperator.Operator.Kubernetes;

/// <summary>Tells events about jobs. What was told before is counted, not told again; a job that talks too much is cut short; a failure is logged, and never one of the pass.</summary>
/// <param name="client">The API server's.</param>
/// <param name="identity">This process.</param>
/// <param name="time">For times and rates.</param>
/// <param name="log">For what could not be told.</param>
internal sealed partial class EventRecorder(IKubernetes client, string identity, TimeProvider time, ILogger<EventRecorder> log)
{
    private const string Component = "fed-operator";

    // The API server takes no longer one.
    private const int LongestMessage = 1024;

    private readonly EventBudget _budget = new(time);

    /// <summary>Tells them, in order.</summary>
    public async Task TellAsync(JobObject job, IReadOnlyList<JobEvent> events, CancellationToken cancellationToken)
    {
        foreach (var item in events)
        {
            if (!_budget.Take(job.Uid))
            {
                LogCutShort(log, job.Key, item.Reason);
                continue;
            }
            try
            {
                await TellAsync(job, item, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpOperationException or HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                LogUntold(log, job.Key, item.Reason, item.Message, e is HttpOperationException refused ? ApiRefusal.Of(refused).Message : e.Message);
            }
        }
    }

    /// <summary>Drops what is remembered of a job that is gone.</summary>
    public void Forget(string uid) => _budget.Forget(uid);

    /// <summary>The event's name: the same for the same words about the same job, so that not even a restarted operator makes a second object for as long as the API server keeps the first (an hour).</summary>
    internal static string NameOf(JobObject job, JobEvent item)
    {
        var words = Encoding.UTF8.GetBytes($"{job.Uid}\n{item.IsWarning.ToString(CultureInfo.InvariantCulture)}\n{item.Reason}\n{item.Message}");
        return $"{job.Key.Name}.{Convert.ToHexStringLower(SHA256.HashData(words).AsSpan(0, 8))}";
    }

    private async Task TellAsync(JobObject job, JobEvent item, CancellationToken cancellationToken)
    {
        var name = NameOf(job, item);
        try
        {
            await client.CoreV1.CreateNamespacedEventAsync(body: Make(name, job, item), namespaceParameter: job.Key.Namespace, fieldManager: JobWrites.FieldManager, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (ApiRefusal.Of(e).IsAlreadyExists)
        {
            var told = await client.CoreV1.ReadNamespacedEventAsync(name: name, namespaceParameter: job.Key.Namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
            var again = new Corev1Event { Count = (told.Count ?? 1) + 1, LastTimestamp = Now };
            await client.CoreV1.PatchNamespacedEventAsync(body: new V1Patch(again, V1Patch.PatchType.MergePatch), name: name, namespaceParameter: job.Key.Namespace, fieldManager: JobWrites.FieldManager, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    private Corev1Event Make(string name, JobObject job, JobEvent item) => new()
    {
        ApiVersion = Corev1Event.KubeApiVersion,
        Kind = Corev1Event.KubeKind,
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = job.Key.Namespace },
        InvolvedObject = new V1ObjectReference { ApiVersion = FederatedJob.Version, Kind = FederatedJob.KindName, Name = job.Key.Name, NamespaceProperty = job.Key.Namespace, Uid = job.Uid, ResourceVersion = job.ResourceVersion },
        Type = item.IsWarning ? "Warning" : "Normal",
        Reason = item.Reason,
        Message = item.Message.Length <= LongestMessage ? item.Message : item.Message[..(LongestMessage - 4)] + " ...",
        Count = 1,
        FirstTimestamp = Now,
        LastTimestamp = Now,
        Source = new V1EventSource { Component = Component },
        ReportingComponent = Component,
        ReportingInstance = identity,
    };

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    [LoggerMessage(121, LogLevel.Debug, "{Job}: too many events, {Reason} is not told")]
    private static partial void LogCutShort(ILogger log, JobKey job, string reason);

    [LoggerMessage(122, LogLevel.Warning, "{Job}: event {Reason} ({Message}) could not be told: {Why}")]
    private static partial void LogUntold(ILogger log, JobKey job, string reason, string message, string why);
}
