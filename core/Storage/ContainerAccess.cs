using Azure.Storage.Sas;

namespace FedOperator.Core.Storage;

/// <summary>What a container's shared access signature allows.</summary>
[Flags]
public enum ContainerAccess
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read blobs.</summary>
    Read = 1,

    /// <summary>Create blobs whose name is free.</summary>
    Create = 2,

    /// <summary>Create and replace blobs.</summary>
    Write = 4,

    /// <summary>List blobs.</summary>
    List = 8,

    /// <summary>Delete blobs.</summary>
    Delete = 16,
}

/// <summary>Azure's names of the permissions.</summary>
internal static class ContainerAccessMapping
{
    public static BlobContainerSasPermissions ToSas(this ContainerAccess access)
    {
        var permissions = default(BlobContainerSasPermissions);
        foreach (var (one, theirs) in s_pairs)
        {
            if (access.HasFlag(one))
                permissions |= theirs;
        }
        return permissions;
    }

    private static readonly (ContainerAccess, BlobContainerSasPermissions)[] s_pairs =
    [
        (ContainerAccess.Read, BlobContainerSasPermissions.Read),
        (ContainerAccess.Create, BlobContainerSasPermissions.Create),
        (ContainerAccess.Write, BlobContainerSasPermissions.Write),
        (ContainerAccess.List, BlobContainerSasPermissions.List),
        (ContainerAccess.Delete, BlobContainerSasPermissions.Delete),
    ];
}
