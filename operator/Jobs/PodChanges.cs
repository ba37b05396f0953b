using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Children;
using k8s.Models;

namespace FedOperator.Operator.Jobs;

/// <summary>Pods to delete and to create.</summary>
/// <param name="Delete">Those that are in the way, or not wanted any more.</param>
/// <param name="Create">Those that are missing.</param>
internal sealed record PodChanges(IReadOnlyList<PodDeletion> Delete, IReadOnlyList<V1Pod> Create)
{
    /// <summary>Nothing to do.</summary>
    public static readonly PodChanges None = new([], []);

    /// <summary>Of a job that runs: one pod for each process that is not lost, of its current attempt.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="pods">Makes them.</param>
    /// <param name="attempts">As the status will have them.</param>
    /// <param name="plan">The plan that governs.</param>
    /// <param name="mayCreate">False where the pods could not do anything yet.</param>
    public static PodChanges Running(Pass pass, JobPods pods, IReadOnlyList<ProcessAttempts> attempts, Plan plan, bool mayCreate)
    {
        var known = attempts.ToDictionary(a => a.Name, StringComparer.Ordinal);
        var (delete, create) = (new List<PodDeletion>(), new List<V1Pod>());
        foreach (var process in pods.Processes)
        {
            var current = known.GetValueOrDefault(process) ?? new ProcessAttempts { Name = process };
            var ours = pass.Pods[process].ToList();
            // Of a process that is not started again, the sidecars go too; what has ended stays for its log.
            delete.AddRange(ours.Where(p => !p.Terminating && (p.Attempt < current.Attempt || (current.Lost && !p.IsFinished)))
                .Select(p => new PodDeletion(p.Name, p.Uid, current.Lost ? "it is not started again" : string.Create(CultureInfo.InvariantCulture, $"attempt {current.Attempt} follows"))));
            if (mayCreate && !current.Lost && !(current.NotBefore > pass.Now) && !ours.Any(p => p.Attempt == current.Attempt || !p.IsFinished || p.Terminating))
                create.Add(pods.Pod(process, current.Attempt)!);
        }
        var planned = plan.Clients.Where(c => !c.External).Select(c => c.Name).Append(JobProcesses.AggregatorName).ToHashSet(StringComparer.Ordinal);
        delete.AddRange(pass.Observed.Pods.Where(p => !planned.Contains(p.Process) && !p.Terminating).Select(p => new PodDeletion(p.Name, p.Uid, "the plan has no such process")));
        return new PodChanges(delete, create);
    }

    /// <summary>Of a job that has ended: finished pods stay for their logs.</summary>
    public static PodChanges Ended(Pass pass, Verdict verdict, DateTimeOffset since)
    {
        if (!verdict.IsFailure && pass.Now < since + Deadlines.Farewell)
            return None;
        var why = verdict.IsFailure ? "the job failed" : "the job is complete";
        return new([.. pass.Observed.Pods.Where(p => p is { IsFinished: false, Terminating: false }).OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => new PodDeletion(p.Name, p.Uid, why))], []);
    }
}
