namespace FedOperator.Core.Storage;

/// <summary>Signs containers' URLs. What it makes are secrets: they go into credential files and nowhere else.</summary>
public sealed class ContainerSigner
{
    private readonly Func<string, ContainerAccess, Uri> _sign;

    internal ContainerSigner(Func<string, ContainerAccess, Uri> sign, DateTimeOffset until) => (_sign, Until) = (sign, until);

    /// <summary>When its signatures end.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>A container's URL with a signature that allows so much.</summary>
    /// <exception cref="BlobStoreException">A bad name.</exception>
    public Uri UrlOf(string container, ContainerAccess access)
    {
        BlobNames.CheckContainer(container);
        return _sign(container, access);
    }
}
