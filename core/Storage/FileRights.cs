namespace FedOperator.Core.Storage;

/// <summary>Who may read the files and folders that are created in a container.</summary>
public enum FileRights
{
    /// <summary>All whom the process's umask lets.</summary>
    Umask,

    /// <summary>The process's user alone.</summary>
    Owner,
}

/// <summary>The same as modes of files.</summary>
internal static class FileModes
{
    /// <summary>Of a file: rw for those who may.</summary>
    public static uint OfFiles(this FileRights rights) => rights == FileRights.Owner ? 0x180u : 0x1b6u;

    /// <summary>Of a folder: rwx for those who may.</summary>
    public static uint OfFolders(this FileRights rights) => rights == FileRights.Owner ? 0x1c0u : 0x1ffu;
}
