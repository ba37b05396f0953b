namespace FedOperator.Core.Api;

/// <summary>Where the ledger lies.</summary>
internal static class StorageRules
{
    public static IEnumerable<Problem> Check(StorageSpec storage)
    {
        if (storage is { AzureBlob: null, Volume: null })
            yield return new Problem("spec.storage", null, "says nowhere to keep the ledger", "give exactly one of azureBlob and volume");
        if (storage is { AzureBlob: not null, Volume: not null })
            yield return new Problem("spec.storage", null, "names two places for the ledger", "give exactly one of azureBlob and volume");
        if (storage.AzureBlob is { } blob)
        {
            var isUrl = Uri.TryCreate(blob.AccountUrl, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url!.Host.Length > 0;
            if (!isUrl)
                yield return new Problem("spec.storage.azureBlob.accountUrl", blob.AccountUrl.Length == 0 ? "\"\"" : blob.AccountUrl, "is not an address", "give https://ACCOUNT.blob.core.windows.net");
            else if (url!.Query.Length > 0 || url.UserInfo.Length > 0)
                yield return new Problem("spec.storage.azureBlob.accountUrl", url.GetLeftPart(UriPartial.Path), "carries a credential after it", "give the bare address, and the key in the Secret that credentialsSecret names");
            if (blob.CredentialsSecret is { Length: 0 })
                yield return new Problem("spec.storage.azureBlob.credentialsSecret", "\"\"", "names no Secret", "give the Secret's name, or leave it out for the operator's workload identity");
        }
        if (storage.Volume is { ClaimName.Length: 0 })
            yield return new Problem("spec.storage.volume.claimName", "\"\"", "names no claim", "name the PersistentVolumeClaim");
    }
}
