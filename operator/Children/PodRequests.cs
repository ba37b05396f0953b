using System.Globalization;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;
using k8s.Models;

namespace FedOperator.Operator.Children;

/// <summary>What a job asks of Kubernetes for its pods (`podTemplate`, `resources`, `tolerations`, `data`, `model.initialCheckpoint`), read strictly.</summary>
internal static class PodRequests
{
    /// <summary>Everything that is wrong with it; empty where the pods can be made.</summary>
    public static IReadOnlyList<Problem> Check(FederatedJob job, OperatorSettings settings)
    {
        var spec = job.Spec;
        var problems = new List<Problem>();
        var secrets = new CredentialSecrets(job);
        Check("spec.trainer", spec.Trainer, isAggregator: false);
        Check("spec.aggregator", spec.Aggregator, isAggregator: true);
        problems.AddRange(DataVolumes.Check("spec.data", spec.Data, secrets, settings));
        if (spec.Model.InitialCheckpoint is { } initial)
            problems.AddRange(CheckpointVolume.Check("spec.model.initialCheckpoint", initial, secrets, settings));
        for (var g = 0; g < spec.Clients.Count; g++)
        {
            var (group, field) = (spec.Clients[g], string.Create(CultureInfo.InvariantCulture, $"spec.clients[{g}]"));
            if (group.Trainer is { } trainer)
                Check(field + ".trainer", trainer, isAggregator: false);
            if (group.Data is { } data && !group.External)
                problems.AddRange(DataVolumes.Check(field + ".data", data, secrets, settings));
            foreach (var (toleration, i) in (group.Tolerations ?? []).Select((t, i) => (t, i)))
                problems.AddRange(StrictModels.Check<V1Toleration>(string.Create(CultureInfo.InvariantCulture, $"{field}.tolerations[{i}]"), toleration, "pod.spec.tolerations"));
        }
        return problems;

        void Check(string field, PodSpec pod, bool isAggregator)
        {
            if (pod.Resources is { } resources)
                problems.AddRange(StrictModels.Check<V1ResourceRequirements>(field + ".resources", resources, "pod.spec.containers.resources"));
            if (pod.PodTemplate is { } template)
                problems.AddRange(CheckTemplate(field + ".podTemplate", template, isAggregator));
        }

        IReadOnlyList<Problem> CheckTemplate(string field, JsonObject template, bool isAggregator)
        {
            var shape = StrictModels.Check<V1PodTemplateSpec>(field, template, "pod");
            return shape.Count > 0 ? shape : [.. new TemplateRules(secrets, isAggregator, settings).Check(field, StrictModels.Pruned(template))];
        }
    }
}
