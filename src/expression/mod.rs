//! The ARM template expression language (`[concat(parameters('a'), '-b')]`): parser and pure
//! functions, shared by ARM templates and by conditions written in Azure Policy's words.
