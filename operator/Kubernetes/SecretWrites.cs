using FedOperator.Operator.Children;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace FedOperator.Operator.Kubernetes;

/// <summary>Creates and replaces a job's Secrets. No message says what is in them.</summary>
/// <param name="client">The API server's.</param>
internal sealed class SecretWrites(IKubernetes client)
{
    /// <summary>Makes each Secret what it should be.</summary>
    /// <returns>What the API server said no to, in words; null where it did all.</returns>
    public async Task<string?> PutAsync(string jobUid, IReadOnlyList<V1Secret> secrets, CancellationToken cancellationToken)
    {
        foreach (var secret in secrets)
        {
            try
            {
                if (!await PutAsync(jobUid, secret, cancellationToken).ConfigureAwait(false))
                    return $"Secret {secret.Metadata.Name} exists and is none of this job's: delete it, or wait until the API server has removed an earlier job's";
            }
            catch (HttpOperationException e) when (ApiRefusal.Of(e) is { IsForPeople: true } refusal)
            {
                return $"Secret {secret.Metadata.Name}: {refusal.Message}";
            }
        }
        return null;
    }

    /// <summary>Whether all Secrets are there that these pods mount a credential from.</summary>
    public async Task<bool> ExistForAsync(IReadOnlyList<V1Pod> pods, CancellationToken cancellationToken)
    {
        var names = pods.SelectMany(pod => pod.Spec.Volumes ?? []).Where(v => v.Name == PodNames.CredentialVolume && v.Secret is not null).Select(v => v.Secret.SecretName).Distinct(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (await ReadAsync(name, pods[0].Metadata.NamespaceProperty, cancellationToken).ConfigureAwait(false) is null)
                return false;
        }
        return true;
    }

    private async Task<bool> PutAsync(string jobUid, V1Secret secret, CancellationToken cancellationToken)
    {
        var there = await ReadAsync(secret.Metadata.Name, secret.Metadata.NamespaceProperty, cancellationToken).ConfigureAwait(false);
        if (there is null)
        {
            await client.CoreV1.CreateNamespacedSecretAsync(body: secret, namespaceParameter: secret.Metadata.NamespaceProperty, fieldManager: JobWrites.FieldManager, cancellationToken: cancellationToken).ConfigureAwait(false);
            return true;
        }
        if (there.Metadata.OwnerReferences?.FirstOrDefault(o => o.Controller == true)?.Uid != jobUid)
            return false;
        secret.Metadata.ResourceVersion = there.Metadata.ResourceVersion;
        await client.CoreV1.ReplaceNamespacedSecretAsync(body: secret, name: secret.Metadata.Name, namespaceParameter: secret.Metadata.NamespaceProperty, fieldManager: JobWrites.FieldManager, cancellationToken: cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task<V1Secret?> ReadAsync(string name, string @namespace, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CoreV1.ReadNamespacedSecretAsync(name: name, namespaceParameter: @namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (ApiRefusal.Of(e).IsNotFound)
        {
            return null;
        }
    }
}
