using FedOperator.Operator.Children;
using k8s;
using k8s.Autorest;

namespace FedOperator.Operator.Kubernetes;

/// <summary>Reads the Secrets with storage accounts' keys that users point to.</summary>
/// <param name="client">The API server's.</param>
internal sealed class StorageSecrets(IKubernetes client)
{
    /// <summary>What is in a Secret; null where there is none, or it lacks the label that makes it one for this purpose: a job must not read any Secret of its namespace through us.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>?> ReadAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        try
        {
            var secret = await client.CoreV1.ReadNamespacedSecretAsync(name: name, namespaceParameter: @namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (secret.Metadata.Labels is not { } labels || !labels.TryGetValue(ChildNames.StorageCredentialLabel, out var label) || label != "true")
                return null;
            return new Dictionary<string, byte[]>(secret.Data ?? new Dictionary<string, byte[]>(StringComparer.Ordinal), StringComparer.Ordinal);
        }
        catch (HttpOperationException e) when (ApiRefusal.Of(e).IsNotFound)
        {
            return null;
        }
    }
}
