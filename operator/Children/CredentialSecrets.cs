using System.Text.Json.Nodes;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Children;

/// <summary>The Secrets that no container may be given: those with the job's credentials, and the one with the account's key.</summary>
/// <param name="job">The job.</param>
internal sealed class CredentialSecrets(FederatedJob job)
{
    /// <summary>Whether a Secret of that name is one of them.</summary>
    public bool Hold(string secret)
    {
        var first = ChildNames.Secret(job.Metadata.Name);
        return secret == first || secret.StartsWith(first + "-", StringComparison.Ordinal)
            || ChildNames.IsExternalSecret(secret)
            || secret == job.Spec.Storage.AzureBlob?.CredentialsSecret;
    }

    /// <summary>What is wrong with what a volume would show: a credential, or a token.</summary>
    public IEnumerable<Problem> Check(string field, JsonObject volume)
    {
        if (Text(volume["secret"]?["secretName"]) is { } secret && Hold(secret))
            yield return Refused(field + ".secret.secretName", secret);
        if (Text(volume["csi"]?["nodePublishSecretRef"]?["name"]) is { } published && Hold(published))
            yield return Refused(field + ".csi.nodePublishSecretRef.name", published);
        foreach (var (i, source) in TemplateRules.Each(volume["projected"] as JsonObject ?? [], "sources"))
        {
            if (source["serviceAccountToken"] is not null)
                yield return new Problem($"{field}.projected.sources[{i}].serviceAccountToken", null, "would give the pod a token", "remove it: the pods have none");
            if (Text(source["secret"]?["name"]) is { } projected && Hold(projected))
                yield return Refused($"{field}.projected.sources[{i}].secret.name", projected);
        }
    }

    /// <summary>The problem of a field that names one of them.</summary>
    public static Problem Refused(string field, string secret) => new(field, secret, "holds credentials", "remove it: each process has its own");

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
